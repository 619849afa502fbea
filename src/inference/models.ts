import { type ModelMetadata, OipError } from "../contract/oip.ts";
import type { Log } from "./log.ts";
import { Model, type ModelLimits } from "./model.ts";
import type { Queue } from "./queue/queue.ts";
import type { Found } from "./repository/repository.ts";

/** Every model that is to be served, loaded or not. */
export class Models {
  /** By name; the highest version first. A model whose folder is broken has none. */
  readonly #models: Map<string, Model[]>;

  constructor(found: readonly Found[], limits: ModelLimits, queue: Queue) {
    this.#models = new Map(
      found.map((entry) => {
        if ("problem" in entry) return [entry.name, []];
        const { config, versions } = entry.model;
        return [
          entry.name,
          versions.map(({ version, path }) => new Model(config, version, path, limits, queue)),
        ];
      }),
    );
  }

  /** Whether all of them can answer. */
  get ready(): boolean {
    return [...this.#models.values()].every(
      (versions) => versions.length > 0 && versions.every(({ ready }) => ready),
    );
  }

  get all(): Model[] {
    return [...this.#models.values()].flat();
  }

  /** Throws OipError: 404 for an unknown name or version, 503 for a model whose folder is broken. */
  find(name: string, version: string | undefined): Model {
    const versions = this.#models.get(name);
    if (versions === undefined) throw new OipError(404, `there is no model "${name}"`);
    if (versions.length === 0) throw new OipError(503, `model "${name}" could not be loaded`);
    const found = version === undefined ? versions[0] : versions.find((model) => model.version === version);
    if (found === undefined) throw new OipError(404, `there is no version "${version}" of model "${name}"`);
    return found;
  }

  metadata(model: Model): ModelMetadata {
    return model.metadata((this.#models.get(model.name) ?? []).map(({ version }) => version));
  }

  /**
   * Loads them one after another; one that fails is logged and leaves the others be.
   *
   * @param isOver whether nobody needs those that are left any more
   */
  async load(found: readonly Found[], log: Log, isOver: () => boolean): Promise<void> {
    for (const entry of found) {
      if ("problem" in entry) log.error("model_failed", { model: entry.name, reason: entry.problem });
    }
    for (const model of this.all) {
      if (isOver()) return;
      const label = { model: model.name, version: model.version };
      const since = performance.now();
      try {
        await model.load((error) => log.error("model_died", { ...label, reason: error.message }));
        log.info("model_loaded", { ...label, duration_ms: Math.round(performance.now() - since) });
      } catch (error) {
        log.error("model_failed", {
          ...label,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((model) => model.close()));
  }
}
