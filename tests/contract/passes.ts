import { setTimeout } from "node:timers/promises";
import { createStylegate, dataOf, type Stylegate } from "../../src/client/index.ts";
import { ADMIN_SECRET } from "../support/admin-secret.ts";
import { startPainted } from "../support/painted.ts";
import { png } from "../support/png.ts";
import type { Workers } from "../support/workers.ts";

/** A Worker to be asked: how it was started, with what, and which of schemathesis' flags belong to it. */
export type Pass = { title: string; start: () => Promise<Started>; flags: string[] };

/** `delivery`: the id of the first webhook that it sends. */
type Started = Workers & { delivery: Promise<string> };

export const PASSES: Pass[] = [
  {
    title: "with keys, as in production",
    start: () => start("keys"),
    flags: [],
  },
  {
    title: "open, as npm start runs it",
    start: () => start("open"),
    // The document asks for a key, and this service does not.
    flags: [
      "--phases=examples,coverage",
      "--exclude-checks=ignored_auth",
      "--generation-with-security-parameters=false",
    ],
  },
];

async function start(AUTH: "keys" | "open"): Promise<Started> {
  const { promise: delivery, resolve } = Promise.withResolvers<string>();
  const variables = { AUTH, ALLOWED_SOURCES: "*", ALLOWED_WEBHOOKS: "*" };
  const workers = await startPainted(variables, ({ headers }) => {
    const id = headers["webhook-id"];
    if (typeof id === "string") resolve(id);
  });
  return { ...workers, delivery };
}

/** A key that may do everything, and something of each kind to be read with it: by the operations' ids. */
export async function furnish({ url, delivery }: Started) {
  const operator = createStylegate({ baseUrl: url, key: ADMIN_SECRET });
  const scopes: ("transform" | "upload" | "admin")[] = ["transform", "upload", "admin"];
  const { key, id: keyId } = dataOf(await operator.POST("/v1/keys", { body: { name: "contract", scopes } }));
  const stylegate = createStylegate({ baseUrl: url, key });
  dataOf(await stylegate.POST("/v1/webhooks/secret"));
  const upload = await stylegate.upload(new Uint8Array(png({ width: 64, height: 64 })), {
    user: "u_nobody_erases",
  });
  const { id, outputs } = await stylegate.stylize({
    source: `upload:${upload.id}`,
    outputs: [{ style: "toon" }],
    webhook: "https://app.example.com/status/200",
  });
  const real = {
    getUpload: upload.id,
    getStylization: id,
    streamStylization: id,
    getPicture: outputs[0]?.url?.split("/").at(-1),
    headResumableUpload: await resumable(stylegate),
    patchResumableUpload: await resumable(stylegate),
    replayDelivery: await inTime(delivery),
  };
  return { key, keyId, real };
}

async function resumable(stylegate: Stylegate): Promise<string | undefined> {
  const header = { "Tus-Resumable": "1.0.0" as const, "Upload-Length": "1000" };
  const { response } = await stylegate.POST("/v1/uploads/resumable", { params: { header } });
  return response.headers.get("Location")?.split("/").at(-1);
}

/** The stylization is told of behind its end. */
async function inTime(delivery: Promise<string>): Promise<string> {
  const id = await Promise.race([delivery, setTimeout(30_000, undefined, { ref: false })]);
  if (id !== undefined) return id;
  throw new Error("Nobody was told that the stylization has ended.");
}
