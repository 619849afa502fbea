/** Of answers that are for whoever asked, or for this moment. */
export const NO_STORE = { "Cache-Control": "no-store" };
