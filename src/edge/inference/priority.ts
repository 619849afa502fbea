export type { Priority } from "../../contract/oip/schedule.ts";
