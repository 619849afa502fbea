import { PROBLEMS } from "../../problem.ts";
import { ALWAYS, AUTHENTICATED } from "../common.ts";

const everywhere = [...AUTHENTICATED, ...ALWAYS]
  .map((code) => `\`${PROBLEMS[code].status}\` [\`${code}\`](errors.md#${code})`)
  .join(", ");

/** What the page begins with: the way of one photo, each step a command that can be run. */
export const START = `# The API

Photos in, drawn portraits out. An app calls it over HTTPS with JSON, or by [the typed client](client.md) and [the command line](cli.md),
which are made of the same description, [OpenAPI 3.1](/openapi.json). For an \`<img>\` there are image URLs, with [options](options.md).
Every error is a problem that has a [code](errors.md).

## Start here

\`npm start\` runs the service on one's own machine, where nobody is asked for a key; any other asks for one. The operator makes the
first with the secret \`ADMIN_SECRET\`, which counts as a key:

\`\`\`sh
export STYLEGATE=http://localhost:8787
AUTH="Authorization: Bearer $STYLEGATE_KEY"   # a key, or the operator's secret
curl -sS "$STYLEGATE/v1/keys" -H "$AUTH" --json '{"name":"iOS app","scopes":["transform","upload"]}'
\`\`\`

**1. A token.** No key ships in an app: its back end mints a token for it, for some minutes, bound to one of its users.

\`\`\`sh
curl -sS "$STYLEGATE/v1/tokens" -H "$AUTH" --json '{"user":"u_4711"}'
\`\`\`

**2. A photo.** The app uploads it, with the token in place of the key. Metadata such as the place where it was taken is not kept.

\`\`\`sh
UPLOAD=$(curl -sS "$STYLEGATE/v1/uploads?user=u_4711" -H "$AUTH" --data-binary @photo.jpg | jq -r .id)
\`\`\`

**3. A stylization.** One job, as many pictures as are needed. \`Prefer: respond-async\` answers at once; without it the answer waits for them.

\`\`\`sh
STYLIZATION=$(curl -sS "$STYLEGATE/v1/stylizations" -H "$AUTH" -H "Prefer: respond-async" \\
  --json '{"source":"upload:'$UPLOAD'","user":"u_4711","outputs":[{"style":"toon"},{"style":"engraving"}]}' | jq -r .id)
\`\`\`

**4. Its events**, while somebody watches; the last one has the pictures.

\`\`\`sh
curl -sSN "$STYLEGATE/v1/stylizations/$STYLIZATION/events" -H "$AUTH"
PICTURE=$(curl -sS "$STYLEGATE/v1/stylizations/$STYLIZATION" -H "$AUTH" | jq -r '.outputs[0].url')
curl -sS "$STYLEGATE$PICTURE" -o toon.jpg
\`\`\`

**5. A webhook**, when nobody does: make a secret, name a \`webhook\` in the request, and believe what \`verifyWebhook\` of the client, or any
library of [Standard Webhooks](https://www.standardwebhooks.com), has verified.

\`\`\`sh
curl -sS -X POST "$STYLEGATE/v1/webhooks/secret" -H "$AUTH"
\`\`\`

**6. The end.** Everything of a user is erased by one request, which says what there was.

\`\`\`sh
curl -sS -X DELETE "$STYLEGATE/v1/users/u_4711" -H "$AUTH"
\`\`\`

## What holds everywhere

- A key or a token goes into \`Authorization: Bearer\`, and needs the scope that the operation names: \`transform\`, \`upload\` or \`admin\`.
- JSON has \`camelCase\` names and times in UTC with milliseconds; a request's object with a field that is not known is refused, and an
  answer may get new ones in time.
- What belongs to another key, or to another user than the token's, does not exist: \`404\`.
- \`429\`, and \`503\` where that helps, say in \`Retry-After\` when to come again. \`RateLimit\` says with each answer what is left of a minute's requests.
- \`Idempotency-Key\` makes it safe to send a request for a stylization again when its answer was lost.
- Every operation may have these problems besides its own: ${everywhere}.
`;
