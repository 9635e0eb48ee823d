import type { CompiledPolicy } from "../compilePolicy.ts";
import type { PolicyLabel } from "../policyLabel.ts";
import { TraceVersion } from "./traceVersion.ts";

/** Policies whose traces may still wait beside the running one; the oldest one's are decided when there would be more. */
export const OLDER_VERSIONS_MAX = 16;

/** The running policy and the older ones under which traces still wait, by number; a number is used again once nothing waits under it. */
export class PolicyVersions {
  readonly #versions: (TraceVersion | undefined)[] = [];
  #current = 0;
  #serials = 0;

  /** Number of the running one. */
  get current(): number {
    return this.#current;
  }

  /** Undefined before the first. */
  get running(): TraceVersion | undefined {
    return this.#versions[this.#current];
  }

  at(number: number): TraceVersion {
    const version = this.#versions[number];
    if (version === undefined) throw new Error(`no policy goes by number ${number}`);
    return version;
  }

  /** Makes a policy the running one. */
  add(compiled: CompiledPolicy, label: PolicyLabel, tierIds: readonly number[]): TraceVersion {
    const version = new TraceVersion({ serial: ++this.#serials, compiled, label, tierIds });
    const replaced = this.running;
    if (replaced !== undefined && replaced.waiting > 0) {
      const free = this.#versions.indexOf(undefined);
      this.#current = free < 0 ? this.#versions.length : free;
    } else replaced?.release();
    this.#versions[this.#current] = version;
    return version;
  }

  /** The oldest ones, as many as there are too many. */
  tooMany(): ReadonlySet<TraceVersion> {
    const older = this.all().filter((version) => version !== this.running);
    return new Set(older.sort((a, b) => b.serial - a.serial).slice(OLDER_VERSIONS_MAX));
  }

  all(): TraceVersion[] {
    return this.#versions.filter((version) => version !== undefined);
  }

  /** A trace that waited under a version is decided. */
  left(number: number): void {
    const version = this.at(number);
    version.waiting--;
    if (version.waiting > 0 || number === this.#current) return;
    version.release();
    this.#versions[number] = undefined;
  }
}
