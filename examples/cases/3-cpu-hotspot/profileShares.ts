import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";

/** Of the CPU time of a gzipped pprof profile, the share in which a function of a file that fits stood on the stack: one number for each of `files`. */
export function profileShares<Name extends string>(bytes: Uint8Array, files: Readonly<Record<Name, RegExp>>): Record<Name, number> {
  const profile = Profile.decode(gunzipSync(bytes));
  const { strings } = profile.stringTable;
  const fileOf = new Map(profile.function.map(({ id, filename }) => [Number(id), strings[Number(filename)]]));
  const places = new Map(profile.location.map(({ id, line }) => [Number(id), fileOf.get(Number(line[0]?.functionId)) ?? ""]));
  const names = Object.keys(files) as Name[];
  const spent = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  let all = 0;
  for (const { locationId, value } of profile.sample) {
    const cost = Number(value[value.length - 1]);
    all += cost;
    const stack = locationId.map((id) => places.get(Number(id)) ?? "");
    for (const name of names) if (stack.some((file) => files[name].test(file))) spent[name] += cost;
  }
  for (const name of names) spent[name] = all === 0 ? 0 : spent[name] / all;
  return spent;
}
