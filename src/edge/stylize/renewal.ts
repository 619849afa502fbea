import type { Kit } from "../kit.ts";
import { type Order, orderOf } from "./order.ts";
import { stylize } from "./stylize.ts";

/**
 * Behind an answer that was made from an old record: asks the origin, and where its picture has changed, has it drawn for whoever comes next.
 * Never throws: the answer is out.
 */
export async function renewBehind(order: Order, kit: Kit): Promise<void> {
  try {
    const renewed = await order.renewal?.();
    if (!renewed || renewed.staleBecause || renewed.record.contentHash === order.record.contentHash) return;
    await stylize(await orderOf(order, renewed, kit), kit);
  } catch (error) {
    console.warn(JSON.stringify({ event: "renewal_failed", error: String(error) }));
  }
}
