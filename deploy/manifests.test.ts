import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { ensureDeployTools } from "../src/cli/setup/deploy-tools.mjs";
import { readConfig } from "../src/inference/config.ts";
import { isCustom, problemsOf, type Resource } from "./custom-resources/problems.ts";

vi.setConfig({ hookTimeout: 600_000 });

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CHART = join(HERE, "helm/stylegate-inference");
const GPU = join(CHART, "values-gpu.yaml");

type Manifest = Resource & {
  metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
};
let python: string;
beforeAll(async () => {
  python = join(await ensureDeployTools(), "python");
});

/** deploy/manifests.py, which has Helm and the schemas. */
async function manifests(args: string[], input = "") {
  const child = spawn(python, [join(HERE, "manifests.py"), ...args], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [output, trouble, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  if (code !== 0) throw new Error(trouble);
  return JSON.parse(output);
}

const render = (...values: string[]): Promise<Manifest[]> => manifests(["render", CHART, ...values]);
const check = async (documents: Resource[]): Promise<string[][]> => {
  const others = documents.filter((document) => !isCustom(document));
  const custom = await Promise.all(documents.filter(isCustom).map(problemsOf));
  return others.length === 0 ? custom : [...custom, ...(await manifests(["check"], JSON.stringify(others)))];
};
const read = async (path: string) => parse(await readFile(join(HERE, path), "utf8"));
const kserve = () =>
  Promise.all(["inference-service", "cache", "access"].map((name) => read(`kserve/${name}.yaml`)));

/** Values of a file of their own, as `-f` has them. */
const values = (name: string, content: object) =>
  written(join(HERE, `../.wrangler/${name}-values.yaml`), stringify(content));

/** Both ways in from outside. */
const OUTSIDE = {
  envFromSecret: "stylegate-endpoint-key",
  host: "cpu.example.com",
  httpRoute: { enabled: true, parentRefs: [{ name: "public", namespace: "gateways", sectionName: "https" }] },
  ingress: { enabled: true, className: "nginx", tlsSecret: "cpu-certificate" },
  serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
};

describe("the chart", () => {
  it.each([
    ["for CPUs", []],
    ["for GPUs", [GPU]],
  ])("%s is as Helm's linter wants it, and its manifests as Kubernetes does", async (_, values) => {
    expect(await manifests(["lint", CHART, ...values])).toEqual([]);
    const rendered = await render(...values);
    expect(rendered.map(({ kind }) => kind).sort()).toEqual([
      "Deployment",
      "HorizontalPodAutoscaler",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
    ]);
    expect((await check(rendered)).flat()).toEqual([]);
  });

  it("listens where the images do, and asks them how they are", async () => {
    for (const [values, dockerfile] of [
      [[], "../src/inference/Dockerfile"],
      [[GPU], "triton/Dockerfile"],
    ] as const) {
      const container = containerOf(await render(...values));
      const exposed = /^EXPOSE (.+)$/m
        .exec(await readFile(join(HERE, dockerfile), "utf8"))?.[1]
        ?.split(" ")
        .map(Number);
      expect(container.ports.map(({ containerPort }) => containerPort)).toEqual(exposed);
      expect(container.readinessProbe).toMatchObject({ httpGet: { path: "/v2/health/ready", port: "http" } });
    }
    expect(containerOf(await render(GPU)).resources).toMatchObject({ limits: { "nvidia.com/gpu": "1" } });
  });

  it("has one file's values over another's as Helm has, map by map", async () => {
    const own = { image: { repository: "ghcr.io/you/stylegate-triton" }, autoscaling: { maxReplicas: 2 } };
    const rendered = await render(GPU, await values("over-gpu", own));
    expect(find(rendered, "HorizontalPodAutoscaler").spec).toMatchObject({
      ...{ minReplicas: 1, maxReplicas: 2 },
      metrics: [{ pods: { metric: { name: "triton_queue_microseconds" } } }],
    });
    expect(containerOf(rendered)).toMatchObject({
      image: expect.stringMatching(/^ghcr\.io\/you\/stylegate-triton:\d/),
      resources: { limits: { "nvidia.com/gpu": "1" } },
    });
  });

  it("rolls out without a GPU to spare, and without a CPU's Pod missing", async () => {
    const strategy = async (...files: string[]) => find(await render(...files), "Deployment").spec.strategy;
    expect(await strategy()).toEqual({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(await strategy(GPU)).toEqual({ rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
    const spare = await values("spare", { rollingUpdate: { maxUnavailable: 0, maxSurge: "50%" } });
    expect(await strategy(GPU, spare)).toEqual({ rollingUpdate: { maxUnavailable: 0, maxSurge: "50%" } });
    const stuck = await values("stuck", { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } });
    await expect(render(stuck)).rejects.toThrow(/rollingUpdate/);
  });

  it("lets nobody in but those who are named", async () => {
    const policy = (await render()).find(({ kind }) => kind === "NetworkPolicy");
    expect(policy?.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"], egress: [] });
    const ingress = policy?.spec.ingress as { from?: unknown[] }[];
    expect(ingress.every(({ from }) => from !== undefined && from.length > 0)).toBe(true);
  });

  it("draws with as many threads as CPUs are its own, and is not killed for six networks", async () => {
    const { env, resources } = containerOf(await render());
    expect(env).toContainEqual({
      name: "INFERENCE_THREADS",
      valueFrom: { resourceFieldRef: { resource: "requests.cpu" } },
    });
    expect(resources).toMatchObject({ requests: { cpu: "2", memory: "3Gi" }, limits: { cpu: "3" } });
    expect(containerOf(await render(GPU)).env).toBeUndefined();
  });

  it("lets out only what the values name, such as a collector of traces", async () => {
    const collector = {
      ports: [{ port: 4318 }],
      to: [{ podSelector: { matchLabels: { app: "collector" } } }],
    };
    const rendered = await render(await values("egress", { networkPolicy: { egress: [collector] } }));
    expect((await check(rendered)).flat()).toEqual([]);
    expect(find(rendered, "NetworkPolicy").spec.egress).toEqual([collector]);
  });

  it("refuses values that it does not know", async () => {
    for (const [wrong, name] of [
      [{ replicas: "many" }, /replicas/],
      [{ replica: 2 }, /replica/],
      [{ host: "https://cpu.example.com" }, /host/],
      [{ ingress: { enable: true } }, /ingress/],
    ] as const) {
      await expect(render(await values("unknown", wrong))).rejects.toThrow(name);
    }
  });
});

describe("the chart's ways in from outside the cluster", () => {
  it("are as Kubernetes, the Gateway API and the Prometheus Operator want them", async () => {
    const file = await values("outside", OUTSIDE);
    expect(await manifests(["lint", CHART, file])).toEqual([]);
    const rendered = await render(file);
    expect(rendered.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["HTTPRoute", "Ingress", "ServiceMonitor"]),
    );
    expect((await check(rendered)).flat()).toEqual([]);
  });

  it("lead to the Service by TLS alone, and no further than the protocol: metrics have no key", async () => {
    const rendered = await render(await values("outside", OUTSIDE));
    const service = find(rendered, "Service").metadata.name;
    const [rule, ...others] = find(rendered, "HTTPRoute").spec.rules as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(rule).toMatchObject({
      matches: [{ path: { type: "PathPrefix", value: "/v2" } }],
      backendRefs: [{ name: service, port: 80 }],
    });
    expect(find(rendered, "HTTPRoute").spec).toMatchObject({
      hostnames: ["cpu.example.com"],
      parentRefs: OUTSIDE.httpRoute.parentRefs,
    });
    expect(find(rendered, "Ingress").spec).toEqual({
      ingressClassName: "nginx",
      tls: [{ hosts: ["cpu.example.com"], secretName: "cpu-certificate" }],
      rules: [
        {
          host: "cpu.example.com",
          http: {
            paths: [
              {
                path: "/v2",
                pathType: "Prefix",
                backend: { service: { name: service, port: { name: "http" } } },
              },
            ],
          },
        },
      ],
    });
  });

  it("take as large a body and wait for as long as the server and the Worker do", async () => {
    const rendered = await render(await values("outside", OUTSIDE));
    const { maxBodyBytes } = readConfig({});
    const wait = Number(
      /^INFERENCE_TIMEOUT = "(\d+)"/m.exec(await readFile(join(HERE, "../wrangler.toml"), "utf8"))?.[1],
    );
    expect(wait).toBeGreaterThan(0);
    const annotations = find(rendered, "Ingress").metadata.annotations ?? {};
    for (const [name, value] of Object.entries(annotations)) {
      if (name.endsWith("body-size")) expect([name, value]).toEqual([name, `${maxBodyBytes / 2 ** 20}m`]);
      else expect(Number.parseInt(value, 10), name).toBeGreaterThan(wait);
    }
    expect(Object.keys(annotations)).toHaveLength(4);
    const [rule] = find(rendered, "HTTPRoute").spec.rules as [{ timeouts: { request: string } }];
    expect(Number.parseInt(rule.timeouts.request, 10)).toBeGreaterThan(wait);
  });

  it.each([
    ["a key", { envFromSecret: "" }, /envFromSecret/],
    ["a host", { host: "" }, /host/],
    ["a certificate", { ingress: { enabled: true } }, /tlsSecret/],
    ["a Gateway", { httpRoute: { enabled: true } }, /parentRefs/],
    ["a listener", { httpRoute: { enabled: true, parentRefs: [{ name: "public" }] } }, /sectionName/],
  ])("are not made without %s", async (_, without, why) => {
    await expect(render(await values("without", { ...OUTSIDE, ...without }))).rejects.toThrow(why);
  });

  it.each([
    ["HTTPRoute", { httpRoute: OUTSIDE.httpRoute }],
    ["Ingress", { ingress: OUTSIDE.ingress }],
  ])("are to Pods that do not start without the key, with an %s", async (kind, way) => {
    const { envFromSecret, host } = OUTSIDE;
    for (const files of [[], [GPU]]) {
      const rendered = await render(...files, await values(`way-${kind}`, { envFromSecret, host, ...way }));
      expect((await check(rendered)).flat()).toEqual([]);
      // Not `optional`: the kubelet then waits for the Secret to have it.
      expect(containerOf(rendered).env).toContainEqual({
        name: "ENDPOINT_KEY",
        valueFrom: { secretKeyRef: { name: envFromSecret, key: "ENDPOINT_KEY" } },
      });
    }
  });

  it("are what the notes of the installation name, or how there may be one", async () => {
    const notes = (...files: string[]): Promise<string> => manifests(["notes", CHART, ...files]);
    expect(await notes(await values("outside", OUTSIDE))).toContain(
      "https://cpu.example.com/v2/health/ready",
    );
    expect(await notes()).toContain(`http://${find(await render(), "Service").metadata.name}.pictures`);
  });
});

describe("the chart's Pods", () => {
  it("have time to finish what they draw once no more comes", async () => {
    const start = await readFile(join(HERE, "triton/start.sh"), "utf8");
    for (const [files, drain] of [
      [[], readConfig({}).shutdownTimeout],
      [[GPU], Number(/--exit-timeout-secs=(\d+)/.exec(start)?.[1])],
    ] as const) {
      const { terminationGracePeriodSeconds: grace, containers } = podOf(await render(...files));
      const before = containers[0]?.lifecycle.preStop.sleep.seconds ?? 0;
      expect(before).toBeGreaterThan(0);
      // A run that is under way takes some seconds more, and so do the last spans.
      expect(grace).toBeGreaterThanOrEqual(before + drain + 6);
    }
  });

  it("take no variable from a Service beside them, and no token", async () => {
    expect(podOf(await render())).toMatchObject({
      enableServiceLinks: false,
      automountServiceAccountToken: false,
    });
  });

  it("are spread over zones and nodes, each version by itself", async () => {
    const { topologySpreadConstraints: spread } = podOf(await render());
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
    for (const { matchLabelKeys } of spread) expect(matchLabelKeys).toEqual(["pod-template-hash"]);
  });

  it("have no more rights than drawing needs", async () => {
    const { securityContext, containers } = podOf(await render());
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("are as many as a metric asks for that the adapter's rules make", async () => {
    const { rules } = await read("observability/prometheus/adapter.yaml");
    const made = rules.custom.map(({ name }: { name: { as: string } }) => name.as);
    const queue = { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 10, cpu: 0 } };
    const metric = { name: "stylegate_queue_seconds", average: "1" };
    for (const file of [GPU, await values("queue", { autoscaling: { ...queue.autoscaling, metric } })]) {
      const rendered = await render(file);
      expect((await check(rendered)).flat()).toEqual([]);
      const metrics = find(rendered, "HorizontalPodAutoscaler").spec.metrics;
      expect(metrics).toEqual([
        expect.objectContaining({ pods: expect.objectContaining({ metric: { name: expect.any(String) } }) }),
      ]);
      expect(made).toContain((metrics as [{ pods: { metric: { name: string } } }])[0].pods.metric.name);
    }
  });

  it("are a job that the alert rules know", async () => {
    const rendered = await render(await values("outside", OUTSIDE));
    const job = find(rendered, "Service").metadata.labels[
      String(find(rendered, "ServiceMonitor").spec.jobLabel)
    ];
    const { scrape_configs } = await read("observability/prometheus/prometheus.yml");
    expect(scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toContain(job);
  });
});

describe("KServe's way in from outside the cluster", () => {
  it("is a route that the Gateway API knows, to Knative's gateway, which a grant lets it name", async () => {
    const [route, grant] = await Promise.all(
      ["route", "grant"].map((name) => read(`kserve/public/${name}.yaml`)),
    );
    expect((await check([route, grant])).flat()).toEqual([]);
    const [rule] = route.spec.rules;
    expect(rule.matches).toEqual([{ path: { type: "PathPrefix", value: "/v2" } }]);
    expect([grant.metadata.namespace, grant.spec.to[0].name]).toEqual([
      rule.backendRefs[0].namespace,
      rule.backendRefs[0].name,
    ]);
    const [service] = await kserve();
    expect(rule.filters[0].urlRewrite.hostname).toBe(
      `${service.metadata.name}-predictor.${grant.spec.from[0].namespace}.svc.cluster.local`,
    );
    const { resources } = await read("kserve/public/kustomization.yaml");
    expect(resources).toEqual(["..", "route.yaml", "grant.yaml"]);
  });
});

describe("the InferenceService", () => {
  it("has what KServe's and Kubernetes' schemas know, and nothing else", async () => {
    expect((await check(await kserve())).flat()).toEqual([]);
  });

  it("is among all that kustomize applies", async () => {
    const { resources } = await read("kserve/kustomization.yaml");
    expect(resources).toEqual(["inference-service.yaml", "cache.yaml", "access.yaml"]);
    const names = (await kserve()).map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is for those in the cluster who have the key, and keeps from all what the image does", async () => {
    const [service] = await kserve();
    expect(service.metadata.labels).toMatchObject({ "networking.knative.dev/visibility": "cluster-local" });
    const { args, env, securityContext } = service.spec.predictor.model;
    const start = await readFile(join(HERE, "triton/start.sh"), "utf8");
    const administration = /^administration=(\S+)$/m.exec(start)?.[1];
    expect(args).toContain(
      `--http-restricted-api=inference,metadata,${administration}:Endpoint-Key=$(ENDPOINT_KEY)`,
    );
    expect(env[0].valueFrom.secretKeyRef.optional).toBeUndefined();
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(service.spec.predictor.securityContext).toMatchObject({ runAsNonRoot: true });
  });

  it("leaves the line to Triton", async () => {
    expect((await kserve())[0].spec.predictor.containerConcurrency).toBe(0);
  });

  it("takes Triton of the same version as the image", async () => {
    const [service] = await kserve();
    const version = /tritonserver:([\d.]+-py3)/.exec(
      await readFile(join(HERE, "triton/Dockerfile"), "utf8"),
    )?.[1];
    expect(service.spec.predictor.model.runtimeVersion).toBe(version);
  });
});

it("a mistake in a manifest is found, wherever it is", async () => {
  const [service] = await kserve();
  const wrong = stringify(service)
    .replace("containerConcurrency: 0", "containerConcurency: 0")
    .replace("claimName: ", "claimname: ")
    .replace("maxReplicas: 4", "maxReplicas: four");
  const problems = (await check(parseAllDocuments(wrong).map((document) => document.toJS()))).flat();
  expect(problems.join("\n")).toMatch(/containerConcurency is not known/);
  expect(problems.join("\n")).toMatch(/claimname/);
  expect(problems.join("\n")).toMatch(/maxReplicas is no int/);
  const rendered = await render(await values("outside", OUTSIDE));
  for (const [kind, unknown] of [
    ["Deployment", "replica"],
    ["HTTPRoute", "hostname"],
    ["ServiceMonitor", "joblabel"],
  ] as const) {
    const right = find(rendered, kind);
    const wrong = { ...right, spec: { ...right.spec, [unknown]: 1 } };
    expect((await check([wrong])).flat().join("\n")).toContain(unknown);
  }
});

type Container = {
  image: string;
  ports: { containerPort: number }[];
  readinessProbe: object;
  resources: object;
  env?: object[];
  securityContext: object;
  lifecycle: { preStop: { sleep: { seconds: number } } };
};

type Pod = {
  containers: Container[];
  securityContext: object;
  terminationGracePeriodSeconds: number;
  topologySpreadConstraints: { topologyKey: string; matchLabelKeys: string[] }[];
};

function find(rendered: Manifest[], wanted: string): Manifest {
  const found = rendered.find(({ kind }) => kind === wanted);
  if (!found) throw new Error(`no ${wanted}`);
  return found;
}

function podOf(rendered: Manifest[]): Pod {
  return (find(rendered, "Deployment").spec.template as { spec: Pod }).spec;
}

function containerOf(rendered: Manifest[]): Container {
  const [container] = podOf(rendered).containers;
  if (!container) throw new Error("no container");
  return container;
}

async function written(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
