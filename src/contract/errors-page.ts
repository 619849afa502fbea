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
  "detail": "There is no option \\"widht\\".",
  "code": "unknown_option",
  "instance": "/image/style=handdrawn,widht=640/https://example.com/me.jpg"
}
\`\`\`

Branch on \`code\`: it never changes its meaning. \`title\` belongs to the code, \`detail\` to the occurrence, and both are for people.
Errors carry \`Cache-Control: no-store\` and are not remembered: the next request tries again.
`;
