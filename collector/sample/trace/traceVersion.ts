import { createHash } from "node:crypto";
import { SpanTable } from "../../otlp/spanTable.ts";
import type { CompiledPolicy } from "../compilePolicy.ts";
import type { PolicyLabel } from "../policyLabel.ts";

/** A policy that traces here were begun under, and are decided by. */
export class TraceVersion {
  readonly serial: number;
  readonly compiled: CompiledPolicy;
  readonly label: PolicyLabel;
  /** The ledger's numbers of its tiers. */
  readonly tierIds: readonly number[];
  /** Two policies with the same one find the same in a request. */
  readonly policyHash: string;
  /** Traces that wait for a decision under it. */
  waiting = 0;
  #table: SpanTable | undefined;
  /** By tier and word: the comparisons of the tier's condition, for saying which span fulfilled them. */
  readonly tierBits: Int32Array;
  readonly tierHasBits: readonly boolean[];

  constructor({ serial, compiled, label, tierIds }: Pick<TraceVersion, "serial" | "compiled" | "label" | "tierIds">) {
    this.serial = serial;
    this.compiled = compiled;
    this.label = label;
    this.tierIds = tierIds;
    this.policyHash = createHash("sha256")
      .update(JSON.stringify([compiled.policy, compiled.keepAll]))
      .digest("hex");
    const { words } = compiled.matcher;
    this.tierBits = new Int32Array(compiled.tiers.length * words);
    this.tierHasBits = compiled.bitsOfTier.map((bits) => bits.length > 0);
    for (const [tier, bits] of compiled.bitsOfTier.entries()) for (const bit of bits) this.tierBits[tier * words + (bit >> 5)] |= 1 << (bit & 31);
  }

  /** What the scan under this policy finds. */
  get table(): SpanTable {
    this.#table ??= new SpanTable({ forTraces: true });
    return this.#table;
  }

  /** Nothing waits under it any more: what is still told of it needs no scan. */
  release(): void {
    this.#table = undefined;
  }
}
