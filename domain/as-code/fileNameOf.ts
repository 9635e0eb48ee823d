import { configHash } from "../fleet/configHash.ts";
import type { DocumentKind } from "./codeFile.ts";

const FOLDERS = { policy: "policies", pipeline: "pipelines", destination: "destinations" } as const;
const PLAIN = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Where a file stands in the folder: its name in small letters, and where that would not tell it from others, a few digits that do. */
export function fileNameOf(file: { kind: DocumentKind; name: string } | { kind: "running" }): string {
  if (file.kind === "running") return "running.yaml";
  const { kind, name } = file;
  if (PLAIN.test(name)) return `${FOLDERS[kind]}/${name}.yaml`;
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48);
  return `${FOLDERS[kind]}/${[words, configHash(name).slice(0, 6)].filter((part) => part !== "").join("-")}.yaml`;
}
