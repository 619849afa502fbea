import { Marked } from "marked";
import { anchorOf } from "../../contract/anchor.ts";

/** Documents that the service has as well. */
const SERVED: Record<string, string> = {
  "api.md": "/docs",
  "errors.md": "/docs/errors",
  "options.md": "/docs/options",
};

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      const anchor = anchorOf(text);
      return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      const [, document = "", anchor = ""] = /^([^#]*)(.*)$/.exec(href) ?? [];
      const served = SERVED[document];
      const target = /^(?:#|https:|\/)/.test(href) ? href : served && served + anchor;
      return target === undefined ? text : `<a href="${target}">${text}</a>`;
    },
    codespan({ text }) {
      const [, method, path] = /^(GET|POST|HEAD|PUT|PATCH|DELETE) (\/.*)$/.exec(text) ?? [];
      if (method === undefined || path === undefined) return false;
      return `<code class="route"><b class="${method.toLowerCase()}">${method}</b> ${escaped(path)}</code>`;
    },
    // A wide one is moved by itself, and not the page.
    table(token) {
      const head = `<tr>${token.header.map((cell) => this.tablecell(cell)).join("")}</tr>`;
      const rows = token.rows.map((row) => `<tr>${row.map((cell) => this.tablecell(cell)).join("")}</tr>`);
      return `<div class="table"><table><thead>${head}</thead><tbody>${rows.join("")}</tbody></table></div>\n`;
    },
  },
});

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A page of one of our own documents, whose first line is its title; its contents, where it has them, stand beside it. */
export function renderDocs(markdown: string): string {
  const [, title = ""] = /^# (.*)/.exec(markdown) ?? [];
  const [section = "", contents] = /^## Contents\n\n([\s\S]*?)\n\n(?=## )/m.exec(markdown) ?? [];
  const text = markdown.replace(section, "");
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
<body${contents === undefined ? "" : ' class="beside"'}>
<header><a href="/">stylegate</a> · <a href="/docs">API</a> · <a href="/docs/options">Options</a> · <a href="/docs/errors">Errors</a></header>
${contents === undefined ? "" : `<nav><details><summary>Contents</summary>\n${parse(contents)}</details></nav>`}
<main>
${parse(text)}</main>
</body>
</html>
`;
}

const parse = (markdown: string) => marked.parse(markdown, { async: false });
