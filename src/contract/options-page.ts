import { DEFAULTS, FIELDS, type Option, type Values } from "./transform/fields.ts";
import { MAX_OUTPUT_PIXELS, MAX_SIDE } from "./transform.ts";

/** docs/options.md, which a test holds to this, and what `/docs/options` answers. */
export function optionsPage(): string {
  const options = Object.keys(FIELDS) as Option[];
  const rows = options.map((name) => {
    const { takes, means } = FIELDS[name];
    return `| \`${name}\` | ${takes} | ${defaultOf(name)} | ${means} |`;
  });
  const differences = options.flatMap((name) => {
    const { differs } = FIELDS[name];
    return differs === undefined ? [] : [`- \`${name}\`: ${differs}`];
  });
  return [INTRODUCTION, TABLE_HEAD, ...rows, SECTIONS, ...differences, ""].join("\n");
}

function defaultOf<Name extends Option>(name: Name): string {
  const defaults: { [Each in Option]?: Values[Each] | undefined } = { ...DEFAULTS, dpr: 1 };
  const value = defaults[name];
  return value === undefined ? "" : `\`${FIELDS[name].write(value)}\``;
}

const INTRODUCTION = `# The options of an image URL

\`\`\`
/image/{options}/{source}
/image/style=handdrawn,width=640,fit=cover,height=640,gravity=face/https://example.com/me.jpg
\`\`\`

Options are \`key=value\` pairs separated by commas, in any order, each at most once, 512 characters together. They have the names and the
meaning of [Cloudflare Images](https://developers.cloudflare.com/images/optimization/features/) where it has them, its short names \`w\`,
\`h\`, \`f\`, \`q\` and \`g\` too. What is not written exactly as the table says is refused with a [problem](errors.md) that names the option:
nothing is ignored, guessed or clamped.
`;

const TABLE_HEAD = `| option | takes | default | what it does |
|---|---|---|---|`;

const SECTIONS = `
## Size

\`width\` and \`height\` are a box in pixels, of ${MAX_SIDE} at most once \`dpr\` has multiplied them; \`fit\` says how the picture gets into it. With one of
them only, the other follows, and nothing is cut off or padded. With none the picture is as large as the photo.

A network draws at \`WORKING_SIZE\`; a larger picture is its drawing, enlarged, with the photo's own detail where the drawing follows the photo
([how](full-resolution.md)). As JPEG it may have 16 megapixels, in other formats, with another \`backdrop\` or with transparency ${MAX_OUTPUT_PIXELS} pixels, as 2048 × 1024 or 1448 × 1448; as AVIF, or
as WebP with transparency (\`pad\`'s bars are transparent without an opaque \`background\`), half as many ([why](memory.md)). A picture that would
have more is given as large as there is room, and \`Stylegate-Limited-From\` says which size it would have had.

Nothing is enlarged beyond the photo's size but by \`contain\`, \`cover\` and \`pad\`, up to ${MAX_OUTPUT_PIXELS} pixels. Where \`pad\` asks for more by \`width\`
and \`height\`, or \`cover\` for more than the photo has, that is a problem; a side that is left out follows the other one, as far as there is room.

## Gravity

A point divides what is cut off as it divides the picture: with \`gravity=0.5x0.2\`, of what is too much a fifth goes above and four fifths
below, left and right the same. So \`0x0.5\` is \`left\`, and a point at a face's place in the photo keeps the face at that place of the crop.

\`face\` looks for faces in the photo, with a network. The crop's middle is that of the largest one, with some air around it for the hair, and
of all others, from the larger to the smaller, that fit into the crop beside those before them.

Where none is found, with \`faces=none\`, and for \`auto\`, the drawing decides. It is averaged down to 96 cells on its longer side, and three
signs are weighed in each cell: how far its colour is from the mean of its surroundings (OKLab, maximum symmetric surround: Achanta and Süsstrunk 2010), how steep its lightness is, and
how much of its neighbourhood has the chroma of human skin (Chai and Ngan 1999) times how many edges that has. For \`auto\` the three count the
same, for \`face\` the last one eight times as much. The crop lies where it has the most of that, what is in its middle counting more than what is
at its ends. Wooden furniture may pass for skin, and a style without colour, such as \`engraving\`, has none. Whatever the size and the \`strength\`,
the same part is kept; \`format=json\` tells which, as a point that can be written instead.

## Faces

A network draws faces as it knows them from pictures that they fill; where a face is a tenth as wide as the picture, it has neither eyes nor
mouth. With \`faces=auto\`, faces are looked for in the photo at the size at which it is drawn. Each head is turned upright, enlarged to 288
pixels, drawn with the others in one call or a few, and laid back into the drawing, into which it fades. A head that has 288 pixels there
anyway would gain nothing, and is left as it is; from 230 pixels to that, one drawing fades into the other. The operator says how many heads of a picture
are drawn so (\`MAX_FACES\`): the largest ones are. Where no face surely stands upright, the photo is tried turned by 90°, 180° and 270°; of those
that stand on their heads, some pass for upright ones.

The header \`Stylegate-Faces\` is the number of faces found, 0 where there is none. It is \`unknown\` where they could not be looked for, or heads
not be drawn: such an answer is that of \`faces=none\`, may be kept for a minute, and the next one may be better. Where nobody was to look,
with \`faces=none\` or for the photo at \`strength=0\`, there is no such header. What [the edge drew](inference.md#the-edge-engine) in place of an
endpoint has it, and \`Stylegate-Engine: edge\` besides.

## Backdrop

With another \`backdrop\` than \`stylize\` a network tells people from what is behind them, in the photo at the size at which it is drawn,
and the edge between them is followed into the hair by the photo's colours ([how, and how well](backdrop.md)). All people of a picture count, with
what they wear; what they hold may go either way, and of a crowd not everybody is told apart. At the edge, where a pixel has something of both, each part gets its own colour, so that
nothing of the old ground shines through.

- \`keep\` lays the drawing of the people over the photo.
- \`blur\` draws all of it, and puts what is behind people out of focus, as portrait modes do; with \`strength=0\` that is the photo.
- A colour goes behind people, with \`%23ff000080\` half of it, with \`transparent\` nothing. One that covers goes into \`pad\`'s bars too, unless
  \`background\` says another. Where the answer has transparency, \`background\` is what goes under that, white in JPEG.

\`strength\` is applied before, to people and ground alike. A photo's own transparency stays with \`keep\` and \`blur\`. Where nobody is in the
picture, \`keep\` is the photo and \`blur\` all out of focus; of a colour nothing else would be left, and the answer is the problem
\`nobody_found\`. While there is no telling people from the ground, the problem is that of the network, and no picture is made.

## Format

\`auto\` takes the format to which the client's \`Accept\` gives the highest \`q\`, and where that is equal, the first of WebP, AVIF, JPEG, PNG; of a
photo with transparency that no opaque \`background\` hides, and of a transparent \`backdrop\`, PNG comes before JPEG. WebP and AVIF count only where they are named: \`*/*\`,
\`image/*\` or no \`Accept\` at all gets JPEG, or PNG of a photo with transparency, and so does a client that accepts none of the four. A format
that has no room for the pixels asked for is passed over.

## JSON

\`format=json\` has the picture drawn, unless it is stored, and answers what is known of it:

\`\`\`json
{
  "width": 640,
  "height": 640,
  "limitedFrom": null,
  "original": { "file_size": 2417233, "width": 3024, "height": 4032, "format": "image/jpeg" },
  "style": { "id": "handdrawn", "version": "0bd1e93a5d94" },
  "drawn": { "width": 576, "height": 768 },
  "crop": { "x": 0, "y": 48, "width": 576, "height": 576 },
  "gravity": "0.5x0.25",
  "strength": 1,
  "faces": [
    {
      "x": 231.5, "y": 160.2, "width": 98.1, "height": 128.7, "score": 0.998,
      "landmarks": [[255.1, 214.9], [300.4, 212.3], [279.0, 241.8], [258.8, 263.5], [299.1, 261.2]],
      "drawn": "head"
    }
  ],
  "backdrop": "stylize",
  "people": null
}
\`\`\`

\`width\` and \`height\` are those of the picture that the other options make; \`original\` is the source, turned upright. These are Cloudflare's.
\`limitedFrom\` is the size that the picture would have if there were memory for it, or \`null\`. \`drawn\`
is the size at which the network drew, and \`crop\` the part of that which is shown. \`faces\` are those that were found, the surest first, in pixels of
\`drawn\`, and may go beyond it: each one's box, how sure the network is of it (0 – 1), its eyes, the tip of its nose and the corners of its mouth
(the left one, as one sees an upright face, first), and whether it was drawn as a \`head\` by itself or with the \`frame\` alone. \`null\`: they were
not looked for, or could not be. \`backdrop\` is the option, a colour as \`#rrggbb\` or \`#rrggbbaa\`, and \`people\` the share of the picture that they
take, 0 to 1; \`null\` with \`stylize\`, where nobody has looked.

## Presets

\`PRESETS\` gives options a name: with \`avatar:style=handdrawn,width=256,height=256,fit=cover,gravity=face\` there,
\`/image/preset=avatar/…\` is that, and \`/image/preset=avatar,dpr=2/…\` the same at 512 pixels. Options beside a preset replace its own, one by
one. With \`PRESETS_ONLY\` there is nothing beside them but \`exp\`, \`kid\` and \`sig\`: visitors cannot make up sizes. An upload's answer
then has the \`id\` without \`image\` and \`Location\`.

A preset may have every other option than \`preset\` and these three: \`dpr\`, \`format\` and \`onerror\`, too.

## What is one picture

Cached pictures go by the options' canonical form: presets and \`dpr\` applied, sorted, defaults left out, sides as points, colours as
\`%23rrggbb\`. Left out, too, is what does not change the picture: \`gravity\` where nothing is cut, \`quality\` of PNG, \`version\`, \`onerror\`,
\`exp\`, \`kid\` and \`sig\`.

## Beside Cloudflare Images

Its other options (\`anim\`, \`blur\`, \`rotate\`, \`trim\` and so on) are unknown here. Of those that both have:
`;
