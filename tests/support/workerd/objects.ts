import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";

/** What the objects of a class have stored: of each that has anything, the names of its entries, and its tables' rows. */
export async function storedIn<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
): Promise<string[][]> {
  const all = [];
  for (const id of await listDurableObjectIds(namespace)) {
    const names = await runInDurableObject(namespace.get(id) as DurableObjectStub, (_, { storage }) => [
      ...[...storage.kv.list()].map(([name]) => name),
      ...storage.sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
        )
        .toArray()
        .flatMap(({ name }) =>
          storage.sql
            .exec(`SELECT * FROM ${name}`)
            .toArray()
            .map(() => `row of ${name}`),
        ),
    ]);
    if (names.length > 0) all.push(names);
  }
  return all;
}
