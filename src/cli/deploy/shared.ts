import { type Checked, type Deployed, picturesOf, type Said } from "./deployed.ts";

/** What an environment has that is also the top level's, whose Worker may be production's: each would take it from the other. */
export const sharedWith = (top: Deployed, deployed: Deployed, said: Said): Checked => ({
  problems: [...sharedRoutes(deployed, said, top), ...sharedQueues(deployed, top)],
  warnings: sharedPictures(deployed, top),
});

/** Wrangler takes `route` only where there are no `routes`, inherited or not. */
const patternsOf = ({ route, routes = route === undefined ? [] : [route] }: Deployed) =>
  routes.map((each) => (typeof each === "string" ? each : each.pattern));

/** Cloudflare moves them to whoever was deployed last. Wrangler has `--route` instead of the file's, and `--domain` beside them. */
function sharedRoutes(deployed: Deployed, { env, routes, domains }: Said, top: Deployed): string[] {
  const taken = patternsOf(top);
  return [...(routes ?? patternsOf(deployed)), ...domains]
    .filter((pattern) => taken.includes(pattern))
    .map(
      (pattern) =>
        `[env.${env}] would take ${pattern} away from the Worker outside of it: give it routes of its own, or routes = [], or name another with --route.`,
    );
}

/** A message tells of a job that only the Worker that sent it knows. */
function sharedQueues(deployed: Deployed, top: Deployed): string[] {
  const taken = queuesOf(top);
  return queuesOf(deployed)
    .filter((queue) => taken.includes(queue))
    .map(
      (queue) =>
        `The queue "${queue}" is also that of the Worker outside of the environment, and each would take the other's stylizations: make one of another name.`,
    );
}

const queuesOf = ({ queues: { producers, consumers } }: Deployed) => [
  ...new Set([...(producers ?? []), ...(consumers ?? [])].map(({ queue }) => queue)),
];

/** It works, and may be meant: an environment that shows what another has drawn. */
function sharedPictures(deployed: Deployed, top: Deployed): string[] {
  const bucket = picturesOf(deployed);
  if (bucket === undefined || bucket !== picturesOf(top)) return [];
  return [
    `PICTURES is bound to "${bucket}", as outside of the environment: what one of both purges, erases or lets expire is gone for the other, too.`,
  ];
}
