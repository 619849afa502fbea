/** Where something that was made can be reached: each of these operations takes its id. */
export const links = (operations: readonly string[], id = "$response.body#/id") =>
  Object.fromEntries(operations.map((operationId) => [operationId, { operationId, parameters: { id } }]));
