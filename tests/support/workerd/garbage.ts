/** Of V8, which tests/support/setup.ts asks for. */
declare const gc: () => void;

/** Whether nothing but the reference leads to it. References are kept until the task in which they were made or asked has ended. */
export async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
    gc();
  }
  return reference.deref() === undefined;
}
