/** Cloudflare's instance types, in vCPUs, GiB and GB (https://developers.cloudflare.com/containers/platform/limits/, read in November 2026). */
export const INSTANCE_TYPES = {
  lite: { vcpu: 1 / 16, memory: 0.25, disk: 2 },
  basic: { vcpu: 1 / 4, memory: 1, disk: 4 },
  "standard-1": { vcpu: 1 / 2, memory: 4, disk: 8 },
  "standard-2": { vcpu: 1, memory: 6, disk: 12 },
  "standard-3": { vcpu: 2, memory: 8, disk: 16 },
  "standard-4": { vcpu: 4, memory: 12, disk: 20 },
};

/** What deploy/container/wrangler.toml names. */
export const INSTANCE_TYPE: keyof typeof INSTANCE_TYPES = "standard-3";

/** Seconds without a request, after which a container of deploy/container sleeps. */
export const SLEEP_AFTER = 120;
