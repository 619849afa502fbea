import type { Group } from "../check.ts";
import { CONVERSATION } from "./conversation.ts";
import { HEALTH } from "./health.ts";
import { REFUSALS } from "./refusals.ts";
import { SCHEDULING } from "./scheduling.ts";
import { TENSORS } from "./tensors.ts";
import { WORKER } from "./worker.ts";

/** All of them, in the order in which they are told. */
export const GROUPS: readonly Group[] = [HEALTH, TENSORS, REFUSALS, SCHEDULING, CONVERSATION, WORKER];
