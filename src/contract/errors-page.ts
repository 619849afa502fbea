import { PROBLEMS } from "./problem.ts";

/** docs/errors.md, which a test holds to this, and what `/docs/errors` answers. */
export function errorsPage(): string {
  const sections = Object.entries(PROBLEMS).map(
    ([code, { status, title, remedy }]) => `## ${code}\n\n${status} · ${title}.\n\n${remedy}\n`,
  );
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

const INTRODUCTION = `# Errors

Every error is a problem of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), with the content type \`application/problem+json\`:

\`\`\`json
{
  "type": "/docs/errors#unknown_option",
  "title": "There is no such option",
  "status": 400,
  "detail": "There is no option \\"widht\\"; the nearest is \\"width\\".",
  "code": "unknown_option",
  "instance": "/image/style=handdrawn,widht=640/https://example.com/me.jpg"
}
\`\`\`

Branch on \`code\`: it never changes its meaning. \`title\` belongs to the code, \`detail\` to the occurrence, and both are for people.
Errors carry \`Cache-Control: no-store\`. Of a source that failed the failure is remembered for \`SOURCE_ERROR_TTL\` seconds; everything else
is tried again at the next request. With \`onerror=redirect\`, or where the operator has set \`FALLBACK_IMAGE\`, a picture may be answered
instead; \`Server-Timing\` has the code then, as in \`error;desc=source_not_found\`.
`;
