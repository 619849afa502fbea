import type { Pixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import type { Failed, Landing } from "../storage/single-flight.ts";
import { type Matted, matteOf, needsMatte } from "./backdrop.ts";
import { drawMaster, findMaster, type Master, masterFile, readMaster, storeMaster } from "./master.ts";
import { once } from "./once.ts";
import { type Order, withoutFaces } from "./order.ts";
import { readPhoto } from "./photo.ts";

/** A master for an order; the photo and the matte too, where making the one took or gave the others. */
export type Drawn = {
  order: Order;
  master: Master;
  photo?: Pixels | undefined;
  matted?: Promise<Matted> | undefined;
};

/** Has the network draw the master, unless another request is just having that done. */
export function drawOnce(order: Order, kit: Kit): Promise<Drawn> {
  const take = async (landing: Exclude<Landing, Failed>) => {
    const taken = landing.isFaceless ? await withoutFaces(order, kit) : order;
    const master = await landedMaster(landing, taken, kit);
    if (!master) return undefined;
    kit.timing.cached = "master";
    return { order: taken, master };
  };
  const alone = async () => (await drawAndStore(order, kit)).drawn;
  return once<Drawn>(
    { kind: "master", key: order.masterKey, lead: () => lead(order, kit), take, alone },
    order,
    kit,
  );
}

async function lead(order: Order, kit: Kit): Promise<{ result: Drawn; landing: Landing | Promise<Landing> }> {
  const stored = await findMaster(order.masterKey, kit); // another flight may have landed since
  if (stored) {
    kit.timing.cached = "master";
    return { result: { order, master: stored }, landing: { kind: "stored" } };
  }
  const { drawn, file, storing } = await drawAndStore(order, kit);
  // A picture that changed is stored under its own name; those who wait for the old one do not find it, and look again.
  const isSame = drawn.order.record.contentHash === order.record.contentHash;
  const { isFaceless } = drawn.order;
  const landing = storing.then(
    (isStored): Landing =>
      isStored || !isSame ? { kind: "stored", isFaceless } : { kind: "handed", bytes: file, isFaceless },
  );
  return { result: drawn, landing };
}

/** The storing goes on after the answer. */
async function drawAndStore(order: Order, kit: Kit) {
  const { order: read, photo } = await readPhoto(order, kit);
  const matted = needsMatte(read) ? matteOf(read, photo, kit) : undefined;
  matted?.catch(() => {}); // whoever wants the matte is told; the master is everybody's
  const master = await drawMaster(photo, read, kit);
  const current = read.maxFaces > 0 && !master.faces ? await withoutFaces(read, kit) : read;
  const file = await kit.timing.measure("store", () => masterFile(master), "master");
  const storing = storeMaster(current.masterKey, file, kit);
  kit.waitUntil(storing);
  return { drawn: { order: current, master, photo, matted }, file, storing };
}

const landedMaster = (landing: Exclude<Landing, Failed>, order: Order, kit: Kit) =>
  landing.kind === "stored" ? findMaster(order.masterKey, kit) : readMaster(landing.bytes, kit);
