/**
 * A whole app in one process: operator, back end and phone.
 *
 *     export ADMIN_SECRET=$(openssl rand -hex 32)
 *     AUTH=keys ALLOWED_WEBHOOKS=localhost:3000 npm start &
 *     npm run example:app -- photo.jpg pictures/
 *
 * The back end listens at APP_PORT, 3000 without it. In an app of your own, import from `stylegate-client`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createStylegate, dataOf } from "../../src/client/index.ts";
import { startBackEnd } from "./back-end.ts";
import { drawPhoto, leave } from "./phone.ts";
import { untilReady } from "./ready.ts";

const {
  STYLEGATE_URL: service = "http://localhost:8787",
  ADMIN_SECRET = "",
  APP_PORT = "3000",
} = process.env;
const USAGE = `A whole app in one process: operator, back end and phone.

  npm run example:app -- [PHOTO [FOLDER]]

Draws PHOTO (the page's sample), saves what was drawn in FOLDER (pictures), and erases it at the service again. ADMIN_SECRET in the environment is
that of the service, STYLEGATE_URL where it is (http://localhost:8787), APP_PORT where the back end listens (3000).
`;
const args = process.argv.slice(2);
if (args.some((arg) => arg === "--help" || arg === "-h")) {
  process.stdout.write(USAGE);
  process.exit();
}
const wrong = args.find((arg) => arg.startsWith("-")) ?? args[2];
if (wrong !== undefined) giveUp(`"${wrong}" is too much: npm run example:app -- [PHOTO [FOLDER]]`, 2);
const [photo = "src/edge/page/sample.jpg", folder = "pictures"] = args;
const USER = "u_4711";

function giveUp(sentence: string, code = 1): never {
  console.error(sentence);
  process.exit(code);
}

if (!/^\d{1,5}$/.test(APP_PORT)) giveUp(`APP_PORT is a port's number, not "${APP_PORT}".`, 2);
const bytes = await readFile(photo).catch((error: Error) =>
  giveUp(`${photo} cannot be read: ${error.message}`, 2),
);
if (ADMIN_SECRET === "")
  giveUp("ADMIN_SECRET is not set: give this command the one that the service was started with.");
await untilReady(service, console.log).catch((error: Error) => giveUp(error.message));

// The operator, once: a key for the app's back end.
const operator = createStylegate({ baseUrl: service, key: ADMIN_SECRET });
const body = {
  name: "the app's back end",
  scopes: ["transform" as const, "upload" as const],
  webhooks: [`localhost:${APP_PORT}`],
  quotas: { perMinute: 600, perMonth: 1000 },
};
const made = await operator.POST("/v1/keys", { body });
if (made.response.status === 401)
  giveUp(`ADMIN_SECRET is not that of ${service}: give this command the one that it was started with.`);
const { id, key } = dataOf(made);
console.log(`key ${id}`);

const backEnd = await startBackEnd(service, key, Number(APP_PORT));
try {
  const drawn = await drawPhoto(backEnd.url, USER, bytes, console.log);

  const event = await backEnd.told(drawn.id);
  console.log(`webhook ${event.type}, verified`);
  await mkdir(folder, { recursive: true });
  for (const [name, picture] of backEnd.gallery(USER)) {
    await writeFile(join(folder, name), picture);
    console.log(`saved ${join(folder, name)}, ${picture.length} bytes`);
  }

  const erasure = await leave(backEnd.url, USER);
  console.log(
    `erased ${erasure.uploads} upload, ${erasure.stylizations} stylization, ${erasure.pictures} pictures`,
  );

  // Whoever wants to be sure asks for it.
  const own = createStylegate({ baseUrl: service, key });
  const left = dataOf(await own.GET("/v1/users/{user}", { params: { path: { user: USER } } }));
  const again = await own.GET("/v1/stylizations/{id}", { params: { path: { id: drawn.id } } });
  const pictures = await Promise.all(drawn.outputs.map(({ url }) => fetch(service + url)));
  console.log(
    `left of ${left.user}: ${left.uploads.length} uploads, ${left.stylizations.length} stylizations; ` +
      `the stylization answers ${again.response.status}, its pictures ${pictures.map(({ status }) => status).join(" and ")}`,
  );
} finally {
  await backEnd.close();
}
