/** What bench/edge.ts uses of autocannon, which ships no types. */
declare module "autocannon" {
  type Percentiles = { average: number; p50: number; p99: number };
  export type Result = { requests: Percentiles; latency: Percentiles; errors: number; non2xx: number };
  export default function autocannon(options: {
    url: string;
    connections: number;
    duration: number;
    headers?: Record<string, string>;
  }): Promise<Result>;
}
