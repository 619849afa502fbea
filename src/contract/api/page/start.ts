import { PROBLEMS } from "../../problem.ts";
import { ALWAYS, AUTHENTICATED } from "../common.ts";

const everywhere = [...AUTHENTICATED, ...ALWAYS]
  .map((code) => `\`${PROBLEMS[code].status}\` [\`${code}\`](errors.md#${code})`)
  .join(", ");

/** What the page begins with: the way of one photo, each step a command that can be run. */
export const START = `# The API

Photos in, drawn portraits out. An app calls it over HTTPS with JSON, or by [the typed client](client.md) and [the command line](cli.md),
which are made of the same description: OpenAPI 3.1, at \`/openapi.json\` of the service. For an \`<img>\` there are image URLs, with
[options](options.md). Every error is a problem that has a [code](errors.md).

## Start here

The commands run as they stand, in this order, with curl 7.82 or newer, \`jq\` and a \`photo.jpg\`. The operator makes the first key with the secret
\`ADMIN_SECRET\`, which counts as a key but mints no tokens. \`npm start\` on one's own machine is open: there nobody needs a key or a token, an
empty one counts as none, and the steps 0 and 1 may be left out.

\`\`\`sh
STYLEGATE=http://localhost:8787
\`\`\`

**0. A key**, which the app's back end keeps. It is shown once.

\`\`\`sh
KEY=$(curl -sS "$STYLEGATE/v1/keys" -H "Authorization: Bearer $ADMIN_SECRET" \\
  --json '{"name":"iOS app","scopes":["transform","upload"]}' | jq -r .key)
\`\`\`

**1. A token.** No key ships in an app: its back end mints a token for it, for some minutes, bound to one of its users.

\`\`\`sh
TOKEN=$(curl -sS "$STYLEGATE/v1/tokens" -H "Authorization: Bearer $KEY" --json '{"user":"u_4711"}' | jq -r .token)
\`\`\`

**2. A photo.** The app uploads it, with the token in place of the key. Metadata such as the place where it was taken is not kept.

\`\`\`sh
UPLOAD=$(curl -sS "$STYLEGATE/v1/uploads?user=u_4711" -H "Authorization: Bearer $TOKEN" --data-binary @photo.jpg | jq -r .id)
\`\`\`

**3. A stylization.** One job, as many pictures as are needed. \`Prefer: respond-async\` answers at once; without it the answer waits for them.

\`\`\`sh
STYLIZATION=$(curl -sS "$STYLEGATE/v1/stylizations" -H "Authorization: Bearer $TOKEN" -H "Prefer: respond-async" \\
  --json '{"source":"upload:'$UPLOAD'","user":"u_4711","outputs":[{"style":"toon"},{"style":"engraving"}]}' | jq -r .id)
\`\`\`

**4. Its events**, while somebody watches; the last one has the pictures.

\`\`\`sh
curl -sSN "$STYLEGATE/v1/stylizations/$STYLIZATION/events" -H "Authorization: Bearer $TOKEN"
PICTURE=$(curl -sS "$STYLEGATE/v1/stylizations/$STYLIZATION" -H "Authorization: Bearer $TOKEN" | jq -r '.outputs[0].url')
curl -fsS "$STYLEGATE$PICTURE" -o toon.jpg
\`\`\`

**5. A webhook**, when nobody does: make a secret, name a \`webhook\` in the request, and believe what \`verifyWebhook\` of the client, or any
library of [Standard Webhooks](https://www.standardwebhooks.com), has verified. That is the back end's, with its key.

\`\`\`sh
curl -sS -X POST "$STYLEGATE/v1/webhooks/secret" -H "Authorization: Bearer $KEY"
\`\`\`

**6. The end.** Everything of a user is erased by one request, which says what there was.

\`\`\`sh
curl -sS -X DELETE "$STYLEGATE/v1/users/u_4711" -H "Authorization: Bearer $KEY"
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
