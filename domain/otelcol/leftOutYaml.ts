import type { ImportedProcessor } from "./importCollectorConfig.ts";

/** What an import left out of a processor as a list of policies, each as it is written and with the reason before it. */
export function leftOutYaml({ id, leftOut }: Pick<ImportedProcessor, "id" | "leftOut">): string {
  const policies = leftOut.flatMap(({ line, reason, text }) => {
    const [first, ...rest] = text.split("\n");
    return [`  # line ${line}: ${reason.replaceAll(/\s+/g, " ")}`, `  - ${first}`, ...rest.map((one) => (one === "" ? one : `    ${one}`))];
  });
  return [`# Left out of the import of ${id.replaceAll(/\s+/g, " ")}: no tier says it.`, "policies:", ...policies, ""].join("\n");
}
