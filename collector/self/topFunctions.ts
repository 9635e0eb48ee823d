import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Profile } from "pprof-format";

/** What a function cost itself, its callees not counted: nanoseconds of CPU, or bytes. `share` is of all that was measured. */
export type TopFunction = { name: string; file: string; value: number; share: number };
export type TopFunctions = { total: number; functions: TopFunction[] };

/** The functions of a gzipped pprof profile that cost most, by its last sample type. Rejects when the bytes are something else. */
export async function topFunctions(bytes: Uint8Array, count: number): Promise<TopFunctions> {
  const profile = Profile.decode(await promisify(gunzip)(bytes));
  const strings = profile.stringTable.strings;
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
  const leaves = new Map(profile.location.map(({ id, line }) => [Number(id), Number(line[0]?.functionId ?? 0)]));
  const values = new Map<number, number>();
  let total = 0;
  for (const { locationId, value } of profile.sample) {
    const own = Number(value[value.length - 1]);
    const id = leaves.get(Number(locationId[0])) ?? 0;
    values.set(id, (values.get(id) ?? 0) + own);
    total += own;
  }
  const sorted = [...values].sort(([, a], [, b]) => b - a).slice(0, count);
  return {
    total,
    functions: sorted.map(([id, value]) => {
      const found = functions.get(id);
      const file = strings[Number(found?.filename ?? 0)];
      const line = Number(found?.startLine ?? 0);
      return { name: strings[Number(found?.name ?? 0)], file: file === "" ? "" : `${file}:${line}`, value, share: total === 0 ? 0 : value / total };
    }),
  };
}
