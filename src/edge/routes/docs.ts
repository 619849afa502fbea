import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { errorsPage } from "../../contract/errors-page.ts";
import { optionsPage } from "../../contract/options-page.ts";
import type { App } from "../bindings.ts";

/** GET `/docs`: the API, for people. */
export const apiDocs = async (c: Context<App>): Promise<Response> => {
  const { apiPage } = await import("../../contract/api/page/page.ts");
  return answerDocs(apiPage(), c);
};

/** GET `/docs/errors`: where a problem's `type` leads. */
export const errorDocs = (c: Context<App>): Promise<Response> => answerDocs(errorsPage(), c);

/** GET `/docs/options`: where a problem about an option leads. */
export const optionDocs = (c: Context<App>): Promise<Response> => answerDocs(optionsPage(), c);

const TYPES = ["text/markdown", "text/html"];

/** A page to whoever reads pages, whose headings can be linked to; else the text. */
async function answerDocs(markdown: string, c: Context<App>): Promise<Response> {
  const type = accepts(c, { header: "Accept", supports: TYPES, default: "text/plain" });
  c.header("Cache-Control", "public, max-age=3600");
  c.header("Vary", "Accept");
  c.header("Content-Type", `${type}; charset=utf-8`);
  if (type !== "text/html") return c.body(markdown);
  c.header("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'; sandbox");
  const { renderDocs } = await import("./docs-page.ts");
  return c.body(renderDocs(markdown));
}
