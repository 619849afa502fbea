const SERVICE = "https://img.example.com";
/** Where visitors find this app, for pictures of its own: `/me.jpg`, and those that it imports. */
const SITE = "https://www.example.com";
/** As in next.config.ts. What asks for more gets the largest: nothing is drawn larger than WORKING_SIZE. */
const WIDTHS = [160, 320, 480, 640, 768];

type Asked = { src: string; width: number; quality?: number | undefined };

/** Turns every `<Image>` of the app into a drawing. It runs in browsers too: nothing secret belongs here. */
export default function imageLoader({ src, width, quality }: Asked): string {
  const options = ["style=handdrawn", `width=${WIDTHS.find((known) => known >= width) ?? WIDTHS.at(-1)}`];
  if (quality !== undefined) options.push(`quality=${quality}`);
  return `${SERVICE}/image/${options.join(",")}/${encodeURIComponent(new URL(src, SITE).href)}`;
}
