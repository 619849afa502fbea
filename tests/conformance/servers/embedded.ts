import { startInference, variables } from "../../support/inference.ts";
import { MODELS, type Server } from "./server.ts";

/** src/inference. */
export const startEmbedded = (): Promise<Server> => startInference(MODELS, variables());
