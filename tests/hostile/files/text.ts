import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { type PictureName, readPicture } from "../../fixtures/pictures/files.ts";
import { box, latin, u8, u32 } from "../../support/heif.ts";
import { CORRUPT, files, type HostileFile, PICTURE, UNSUPPORTED } from "./file.ts";
import { segment } from "./jpeg.ts";
import { chunk } from "./png.ts";

/** What a browser or a server would run, if it ever got it back. */
const SCRIPT = "<script>alert(document.domain)</script>";
const PHP = "<?php system($_GET['c']); ?>";

const doctype = (entities: string) => `<?xml version="1.0"?><!DOCTYPE svg [${entities}]>`;
const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">${inside}</svg>`;

const text = (content: string) => [() => latin(content), UNSUPPORTED] as const;

export const TEXTS = files("no picture", {
  SVG: text(svg("<rect width='64' height='48'/>")),
  "SVG with a script": text(svg(SCRIPT)),
  "SVG with a handler": text('<svg onload="alert(1)">'),
  "SVG behind a comment of 2 KB": text(`<!--${"x".repeat(2048)}-->${svg(SCRIPT)}`),
  "SVG with a byte order mark": text(`\xef\xbb\xbf${svg(SCRIPT)}`),
  "SVG in UTF-16": [
    () => Uint8Array.from([...svg(SCRIPT)].flatMap((letter) => [letter.charCodeAt(0), 0])),
    UNSUPPORTED,
  ],
  "SVG that includes a picture of the network": text(
    svg('<image href="http://169.254.169.254/latest/meta-data"/>'),
  ),
  "XXE of a file": text(`${doctype('<!ENTITY x SYSTEM "file:///etc/passwd">')}${svg("<text>&x;</text>")}`),
  "XXE of a URL": text(`${doctype('<!ENTITY % x SYSTEM "http://169.254.169.254/x.dtd">%x;')}${svg("")}`),
  "a billion laughs": text(`${doctype(`<!ENTITY l0 "ha">${laughs}`)}${svg("<text>&l9;</text>")}`),
  HTML: text(`<!DOCTYPE html><title>404</title>${SCRIPT}`),
  "HTML in capitals, indented": text(`\n\t <HTML><BODY>${SCRIPT}`),
  "a script alone": text(SCRIPT),
  JavaScript: text("alert(document.domain)//"),
  JSON: text('{"error":"not found"}'),
  PHP: text(PHP),
  "a shell script": text("#!/bin/sh\nid\n"),
  PostScript: text("%!PS-Adobe-3.0\n(w) (file) run"),
  "ImageMagick's MVG": text("push graphic-context\nfill 'url(https://example.com/image.jpg\"|ls \"-la)'\n"),
  "ImageMagick's MSL": text('<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>'),
  PDF: text("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
  "BMP of 2³¹ × 2³¹": [
    () => joined([latin("BM"), new Uint8Array(16), u8(255, 255, 255, 127, 255, 255, 255, 127)]),
    UNSUPPORTED,
  ],
  TIFF: text("II*\0\x08\0\0\0"),
  BigTIFF: text("II+\0\x08\0\0\0"),
  "an icon": text("\0\0\x01\0\x01\0\0\0"),
  "JPEG XL": text("\xff\x0a\0\0"),
  "JPEG 2000": text("\xff\x4f\xff\x51\0\x2f"),
  OpenEXR: text("\x76\x2f\x31\x01\x02\0\0\0"),
  "QOI of 2³² × 2³²": text("qoif\xff\xff\xff\xff\xff\xff\xff\xff\x04\0"),
  "PBM of 10⁹ × 10⁹": text("P4 1000000000 1000000000 "),
  "a video": text("\x1a\x45\xdf\xa3\x01\0\0\0"),
  gzip: text("\x1f\x8b\x08\0\0\0\0\0\0\x03"),
  ZIP: text("PK\x03\x04\x14\0\0\0"),
  "an ELF program": text("\x7fELF\x02\x01\x01\0"),
  zeros: [() => new Uint8Array(100_000), UNSUPPORTED],
  ones: [() => new Uint8Array(100_000).fill(255), UNSUPPORTED.concat(CORRUPT)],
  nothing: [() => u8(), CORRUPT],
  "one byte": [() => u8(0xff), UNSUPPORTED],
  "one byte of zero": [() => u8(0), UNSUPPORTED],
  "two bytes of a JPEG": [() => u8(0xff, 0xd8), UNSUPPORTED],
});

const carrying = (name: string, payload: string, make: () => Uint8Array): HostileFile => ({
  name: `polyglot: ${name}`,
  make,
  verdicts: PICTURE,
  payload,
});

const behind = (name: PictureName, payload: string) => () => joined([readPicture(name), latin(payload)]);
const jpegWith = (marker: number, payload: string) => () => {
  const jpeg = readPicture("rgb.jpg");
  return joined([jpeg.subarray(0, 2), segment(marker, latin(payload)), jpeg.subarray(2)]);
};
const pngWith = (type: string, payload: string) => () => {
  const png = readPicture("rgb.png");
  return joined([png.subarray(0, 33), chunk(type, latin(payload)), png.subarray(33)]);
};
/** RIFF pads to even lengths, and tells the whole. */
const webpWith = (payload: string) => () => {
  const webp = readPicture("lossy.webp");
  const padded = payload.length % 2 === 0 ? payload : `${payload} `;
  const body = joined([
    webp,
    latin("JUNK"),
    u8(padded.length & 255, padded.length >> 8, 0, 0),
    latin(padded),
  ]);
  new DataView(body.buffer).setUint32(4, body.length - 8, true);
  return body;
};

/** Sound pictures that are something else as well: drawn, and nothing else of them comes out. */
export const POLYGLOTS: HostileFile[] = [
  carrying("JPEG and HTML in a comment", SCRIPT, jpegWith(0xfe, SCRIPT)),
  carrying("JPEG and HTML in Exif", SCRIPT, jpegWith(0xe1, `Exif\0\0${SCRIPT}`)),
  carrying("JPEG and PHP", PHP, jpegWith(0xfe, PHP)),
  carrying("JPEG and ZIP", "PK\x05\x06evil", behind("rgb.jpg", `PK\x03\x04evil.js${"PK\x05\x06evil"}`)),
  carrying("JPEG and PDF", "%PDF-1.7 evil", behind("rgb.jpg", "%PDF-1.7 evil")),
  carrying("JPEG and HTML behind its end", SCRIPT, behind("rgb.jpg", SCRIPT)),
  carrying("PNG and HTML in a comment", SCRIPT, pngWith("tEXt", `Comment\0${SCRIPT}`)),
  carrying("PNG and HTML in a chunk of its own", SCRIPT, pngWith("evIl", SCRIPT)),
  carrying("PNG and PHP behind its end", PHP, behind("rgb.png", PHP)),
  carrying("PNG and ZIP", "PK\x05\x06evil", behind("rgb.png", "PK\x03\x04evilPK\x05\x06evil")),
  carrying("GIF and JavaScript", "*/=1;alert(1)", behind("still.gif", "*/=1;alert(1)")),
  carrying("GIF and Java", "META-INF/MANIFEST", behind("still.gif", "PK\x03\x04META-INF/MANIFEST")),
  carrying("WebP and HTML", SCRIPT, webpWith(SCRIPT)),
  carrying("HEIC and HTML", SCRIPT, () => joined([readPicture("420.heic"), box("free", latin(SCRIPT))])),
  carrying("AVIF and HTML", SCRIPT, () => joined([readPicture("420.avif"), box("free", latin(SCRIPT))])),
  {
    name: "polyglot: HTML and PNG",
    make: () => joined([latin(`<html>${SCRIPT}`), readPicture("rgb.png")]),
    verdicts: UNSUPPORTED,
    payload: SCRIPT,
  },
  {
    name: "polyglot: a video and HEIC",
    make: () => joined([u32(16), latin("ftypisom"), u32(0), readPicture("420.heic")]),
    verdicts: UNSUPPORTED,
  },
];
