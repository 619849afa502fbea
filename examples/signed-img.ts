import { signedPath } from "./sign.ts";

const SERVICE = "https://img.example.com";
const WIDTHS = [320, 480, 640];
const DAY = 86_400;

/**
 * An `<img>` of signed URLs, as HTML, which a server writes: a browser that could sign would have the key. The URLs hold for one to two
 * days and change once a day, so that caches keep them.
 *
 * @param source the photo's URL
 * @param sizes how wide it is shown, such as "min(100vw, 320px)"
 * @param now milliseconds since 1970
 */
export function signedImg(
  source: string,
  { alt, sizes }: { alt: string; sizes: string },
  key: { kid: string; key: string },
  now = Date.now(),
): string {
  const exp = (Math.floor(now / 1000 / DAY) + 2) * DAY;
  const urls = WIDTHS.map(
    (width) => [SERVICE + signedPath({ style: "handdrawn", width, exp }, source, key), width] as const,
  );
  const srcset = urls.map(([url, width]) => `${url} ${width}w`).join(", ");
  const quoted = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const attributes = { srcset, sizes, src: urls.at(-1)?.[0] ?? "", alt };
  return `<img ${Object.entries(attributes)
    .map(([name, value]) => `${name}="${quoted(value)}"`)
    .join(" ")}>`;
}
