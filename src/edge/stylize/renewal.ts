import type { Kit } from "../kit.ts";
import { log } from "../telemetry/log.ts";
import { type Order, orderOf } from "./order.ts";
import { stylize } from "./stylize.ts";

/**
 * Behind an answer that was made from an old record: asks the origin, and where its picture has changed, has it drawn for whoever comes next.
 * Never throws: the answer is out.
 *
 * @param trace is told before that is drawn
 */
export async function renewBehind(
  order: Order,
  kit: Kit,
  trace: (changed: Order) => Promise<void>,
): Promise<void> {
  try {
    const changed = await changedOrder(order, kit);
    if (!changed) return;
    await trace(changed);
    const { variant } = await stylize(changed, kit);
    if (variant.body instanceof ReadableStream) await variant.body.cancel(); // somebody else had it drawn
  } catch (error) {
    log("warn", "renewal_failed", { error: String(error) });
  }
}

/** Apart, so that nothing here holds the picture's bytes once the order has handed them over. */
async function changedOrder(order: Order, kit: Kit): Promise<Order | undefined> {
  const renewed = await order.renewal?.(kit);
  const isSame = !renewed || renewed.staleBecause || renewed.record.contentHash === order.record.contentHash;
  return isSame ? undefined : orderOf(order, renewed, kit);
}
