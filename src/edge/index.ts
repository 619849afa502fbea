import { app } from "./app.ts";

export { SingleFlight } from "./storage/single-flight.ts";
export default app;
