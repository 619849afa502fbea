/** The app on a user's phone. It has no key: its back end gives it tokens that are this user's, and end after a quarter of an hour. */
import { createStylegate, type Stylization } from "../../src/client/index.ts";
import type { Session } from "./back-end.ts";

/** The steps that take their time. */
const SHOWN = ["infer", "encode"];

const ask = async (backEnd: string, method: string, path: string, user: string) => {
  const answer = await fetch(backEnd + path, { method, headers: { "X-User": user } });
  if (!answer.ok) throw new Error(`The back end answered ${answer.status} to ${path}.`);
  return answer.json();
};

/** Has a photo drawn, and shows how that goes. */
export async function drawPhoto(
  backEnd: string,
  user: string,
  photo: Uint8Array,
  show: (line: string) => void,
): Promise<Stylization> {
  const session = (): Promise<Session> => ask(backEnd, "POST", "/session", user);
  const { service, webhook } = await session();
  const stylegate = createStylegate({ baseUrl: service, token: async () => (await session()).token });

  const upload = await stylegate.upload(photo);
  show(`uploaded ${upload.width}×${upload.height} ${upload.format} as ${upload.id}`);

  let drawn = await stylegate.begin({
    source: `upload:${upload.id}`,
    outputs: [
      { style: "toon", format: "webp", width: 512 },
      { style: "handdrawn", format: "jpeg", width: 128, height: 128, fit: "cover", gravity: "face" },
    ],
    labels: { screen: "new avatar" },
    webhook,
  });
  const told = new Set<string>(); // a step may come twice
  const tell = (line: string) => {
    if (!told.has(line)) show(line);
    told.add(line);
  };
  for await (const event of stylegate.follow(drawn.id)) {
    if (event.type === "progress" && SHOWN.includes(event.step))
      tell(`output ${event.output}: ${event.step}`);
    if (event.type === "output") show(`output ${event.output.index}: ${event.output.status}`);
    if (event.type === "status") drawn = event.stylization;
  }
  show(`stylization ${drawn.id}: ${drawn.status}`);
  return drawn;
}

export const leave = (backEnd: string, user: string) => ask(backEnd, "DELETE", "/account", user);
