import { Marked } from "marked";

/** Documents that the service has as well. */
const SERVED: Record<string, string> = { "errors.md": "/docs/errors", "options.md": "/docs/options" };

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const anchor = text.toLowerCase().replaceAll(" ", "-");
      return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      const target = /^(#|https:)/.test(href) ? href : SERVED[href];
      return target === undefined ? text : `<a href="${target}">${text}</a>`;
    },
  },
});

/** A page of one of our own documents, whose first line is its title. */
export function renderDocs(markdown: string): string {
  const [, title = ""] = /^# (.*)/.exec(markdown) ?? [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · stylegate</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/colours.css">
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<p><a href="/">stylegate</a> · <a href="/docs/options">Options</a> · <a href="/docs/errors">Errors</a></p>
${marked.parse(markdown, { async: false })}</body>
</html>
`;
}
