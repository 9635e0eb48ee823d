// `npm run headgate -- audit verify`: reads the whole chain and says whether it holds.
import { parseArgs } from "node:util";
import { type AuditChainReport, verifyAuditChain } from "./db/verifyAuditChain.ts";
import { currentEnv } from "./env.ts";
import { StartError } from "./errors/startError.ts";
import { withDatabase } from "./withDatabase.ts";

type Options = { expected: { id: string; hash: string } | null; json: boolean };

function readOptions(): Options {
  let values: { expect?: string; json?: boolean };
  try {
    values = parseArgs({ options: { expect: { type: "string" }, json: { type: "boolean" } }, strict: true }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message.split(". ")[0] : String(error)}; npm run headgate -- --help lists the options`);
  }
  const expect = values.expect?.match(/^(\d{1,18}):([0-9a-f]{64})$/);
  if (values.expect !== undefined && !expect) throw new StartError("--expect takes an event's number and hash, as this command prints them: 1200:5f2a…");
  return { expected: expect ? { id: expect[1], hash: expect[2] } : null, json: values.json === true };
}

function inWords({ events, unchained, first, last, checkpoint, broken }: AuditChainReport): string {
  const lines = [
    first && last ? `${events.toLocaleString("en")} events checked: ${first.id} (${first.at}) to ${last.id} (${last.at})` : "0 events checked",
    ...(checkpoint === null ? [] : [`events up to ${checkpoint} were let go for their age; the chain goes on from there`]),
    ...(unchained === 0 ? [] : [`${unchained.toLocaleString("en")} of them are from before there was a chain, and have no hash`]),
    broken ? `BROKEN at event ${broken.id}: it ${broken.problem}. What comes after it was not checked` : "the chain holds",
    ...(last && !broken ? [`its end, to be kept elsewhere and given to --expect: ${last.id}:${last.hash}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

async function main(): Promise<void> {
  const { expected, json } = readOptions();
  const report = await withDatabase(currentEnv(), (url) => verifyAuditChain(url, expected));
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report));
  process.exitCode = report.broken ? 1 : 0;
}

main().catch((error) => {
  process.stderr.write(
    `${error instanceof StartError ? error.message : `the audit could not be checked: ${error instanceof Error ? error.message : String(error)}`}\n`,
  );
  process.exitCode = 2;
});
