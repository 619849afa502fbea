/** One JSON object a line, as the other Worker has it. Never pass what a body held. */
export const log = {
  info: (event: string, fields: Record<string, unknown>) => console.log(JSON.stringify({ event, ...fields })),
  error: (event: string, fields: Record<string, unknown>) =>
    console.error(JSON.stringify({ event, ...fields })),
};

export type Log = typeof log;
