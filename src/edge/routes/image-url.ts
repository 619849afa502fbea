/**
 * An image URL's options and source as they stood on the wire: a source keeps its double slashes and its query, which routers tidy away.
 * Empty where they are missing.
 */
export function splitImageUrl(url: string): { options: string; source: string } {
  const [, options = "", source = ""] = /^[^:]+:\/\/[^/]*\/image\/([^/?#]*)\/?([^#]*)/.exec(url) ?? [];
  return { options, source };
}
