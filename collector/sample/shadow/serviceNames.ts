import { SERVICE_NAME_MAX, SERVICES_MAX } from "#domain/sampling/compare/comparisonCounts.ts";
import { findServiceName, serviceName } from "../../otlp/readIdentity.ts";

/** Stands for every service that came after the table was full. */
export const OTHER_SERVICES: number = SERVICES_MAX;

/** Numbers for the names of services, so that no text is made of them span by span. The first SERVICES_MAX get one of their own. */
export class ServiceNames {
  readonly names: string[] = [];
  readonly #bytes: Buffer[] = [];
  readonly #byHash = new Map<number, number[]>();

  /** Of the resource among the fields of a ResourceSpans in [start, end). */
  numberOf(bytes: Buffer, start: number, end: number): number {
    findServiceName(bytes, start, end);
    const { at } = serviceName;
    const until = Math.min(serviceName.end, at + SERVICE_NAME_MAX);
    let hash = 0x811c9dc5;
    for (let pos = at; pos < until; pos++) hash = Math.imul(hash ^ bytes[pos], 0x01000193);
    const alike = this.#byHash.get(hash);
    const known = alike?.find((number) => this.#bytes[number].equals(bytes.subarray(at, until)));
    if (known !== undefined) return known;
    if (this.names.length === SERVICES_MAX) return OTHER_SERVICES;
    const name = Buffer.from(bytes.subarray(at, until));
    const number = this.#bytes.push(name) - 1;
    this.names.push(name.toString("utf8"));
    if (alike === undefined) this.#byHash.set(hash, [number]);
    else alike.push(number);
    return number;
  }
}
