import type { YamlMend } from "./editYaml.ts";

export type Raw = Record<string, unknown>;
type Path = readonly PropertyKey[];

/** Something in a configuration that has no meaning here, or that the Collector itself refuses; `path` is where. */
export class NotReadable extends Error {
  readonly path: Path;
  readonly refused: boolean;
  readonly mends: readonly YamlMend[];
  constructor(path: Path, message: string, refused: boolean, mends: readonly YamlMend[] = []) {
    super(message);
    this.path = path;
    this.refused = refused;
    this.mends = mends;
  }
}

/** The Collector does not start with it. */
export function wrong(path: Path, message: string, mends: readonly YamlMend[] = []): NotReadable {
  return new NotReadable(path, message, true, mends);
}

/** Writes `value` at `path`, with which the Collector starts. */
export function writing(path: Path, value: string | number): YamlMend {
  return { label: `Write ${JSON.stringify(value).slice(0, 40)}`, changes: "The Collector then starts with it.", edits: [{ kind: "set", path, value }] };
}

/** The Collector runs it, a policy of ours cannot. */
export function notExpressible(path: Path, message: string): NotReadable {
  return new NotReadable(path, message, false);
}

export function isMap(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at `key`, null where there is none. What a Collector looks up when it starts (`${env:SHARE}`) is not known here. */
function valueAt(raw: Raw, key: string, path: Path): unknown {
  const value = raw[key] ?? null;
  if (comesFromOutside(value)) throw notExpressible([...path, key], "comes from outside of the file; write the value in its place and read it again");
  return value;
}

/** `$${` is a `${` that stands for itself. */
function comesFromOutside(value: unknown): boolean {
  return typeof value === "string" && [...value.matchAll(/(\$+)\{[^}]*\}/g)].some(([, dollars]) => dollars.length % 2 === 1);
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 60);
/** A doubled dollar is one, as the Collector reads it. */
const undoubled = (text: string) => text.replaceAll("$$", () => "$");

const quoted = (path: Path, value: unknown) => (typeof value === "number" || typeof value === "boolean" ? [writing(path, String(value))] : []);

export function mapAt(raw: Raw, key: string, path: Path): Raw {
  const value = valueAt(raw, key, path) ?? {};
  if (!isMap(value)) throw wrong([...path, key], "must be a map of settings");
  return value;
}

export function listAt(raw: Raw, key: string, path: Path): unknown[] {
  const value = valueAt(raw, key, path) ?? [];
  if (!Array.isArray(value)) throw wrong([...path, key], "must be a list");
  return value;
}

/** A text alone is a list of what its commas part, as there. */
export function textsAt(raw: Raw, key: string, path: Path): string[] {
  const value = valueAt(raw, key, path) ?? [];
  if (value === "") return [];
  const list = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(list)) throw wrong([...path, key], "must be a list of texts");
  return list.map((one, index) => {
    const at = [...path, key, index];
    if (typeof one !== "string") throw wrong(at, `must be a text, got ${shown(one)}; put it in quotes`, quoted(at, one));
    if (comesFromOutside(one)) throw notExpressible(at, "comes from outside of the file; write the value in its place and read it again");
    return undoubled(one);
  });
}

export function textAt(raw: Raw, key: string, path: Path): string {
  const value = valueAt(raw, key, path) ?? "";
  if (typeof value !== "string") throw wrong([...path, key], `must be a text, got ${shown(value)}; put it in quotes`, quoted([...path, key], value));
  return undoubled(value);
}

export function numberAt(raw: Raw, key: string, path: Path): number {
  const value = valueAt(raw, key, path) ?? 0;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    throw wrong([...path, key], `must be a number, got the text ${shown(value)}; take away the quotes`, [writing([...path, key], Number(value))]);
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong([...path, key], `must be a number, got ${shown(value)}`);
  return value;
}

/** What stands behind the point is cut off, as there. */
export function wholeNumberAt(raw: Raw, key: string, path: Path): number {
  return Math.trunc(numberAt(raw, key, path));
}

export function booleanAt(raw: Raw, key: string, path: Path): boolean {
  const value = valueAt(raw, key, path) ?? false;
  if (typeof value !== "boolean") throw wrong([...path, key], `must be true or false, got ${shown(value)}`);
  return value;
}

const UNIT_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A Go duration (`10s`, `1m30s`) in milliseconds, a number without a unit in nanoseconds; undefined when it is not given. */
export function durationAt(raw: Raw, key: string, path: Path): number | undefined {
  const value = valueAt(raw, key, path);
  if (value === null) return undefined;
  if (value === 0) return 0;
  if (typeof value === "number" && Number.isFinite(value)) return Math.trunc(value) * UNIT_MS.ns;
  const parts =
    typeof value === "string" && /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h)){1,8}$/.test(value) ? value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g) : null;
  if (parts === null) throw wrong([...path, key], `must be a duration such as 10s, got ${shown(value)}`);
  let sum = 0;
  for (const [, number, unit] of parts) sum += Number(number) * UNIT_MS[unit];
  return Math.round(sum);
}
