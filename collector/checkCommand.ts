import { readFile } from "node:fs/promises";
import type { OfferedRate } from "#domain/sampling/lintWait.ts";
import { messageOf } from "./appError.ts";
import { checkFile, type PlacedFinding } from "./checkFile.ts";
import { checkSecretFiles } from "./checkSecretFiles.ts";

export type CheckOptions = { file: string; offered: OfferedRate | undefined; strict: boolean; json: boolean };

/** Larger than any file that a collector starts with. */
const FILE_CHARACTERS_MAX = 1_048_576;

/**
 * Checks a configuration file, and the files of certificates and tokens that it names, and prints what it found. 0: a collector can run it; 1: it can't, or there is no such file; 2: it can, but something does not go
 * together, and `strict` was asked for.
 */
export async function checkCommand({ file, offered, strict, json }: CheckOptions, print: (text: string) => void): Promise<number> {
  const findings = await findingsOf(file, offered);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  if (json) print(`${JSON.stringify({ file, errors, warnings, findings })}\n`);
  else {
    for (const finding of findings) print(inWords(file, finding));
    print(`${file}: ${errors === 0 && warnings === 0 ? "fine" : `${counted(errors, "error")}, ${counted(warnings, "warning")}`}\n`);
  }
  return errors > 0 ? 1 : warnings > 0 && strict ? 2 : 0;
}

async function findingsOf(file: string, offered: OfferedRate | undefined): Promise<PlacedFinding[]> {
  const problem = (message: string): PlacedFinding[] => [{ severity: "error", path: "", message, line: null, column: null }];
  try {
    const text = await readFile(file, "utf8");
    if (text.length > FILE_CHARACTERS_MAX) return problem(`has more than ${FILE_CHARACTERS_MAX} characters`);
    const { findings, file: valid, place } = checkFile(text, offered);
    return valid === undefined ? findings : [...findings, ...(await checkSecretFiles(valid)).map(place)];
  } catch (error) {
    return problem(`can't be read: ${messageOf(error)}`);
  }
}

function inWords(file: string, { severity, path, message, mend, line, column }: PlacedFinding): string {
  const place = line === null ? file : `${file}:${line}:${column}`;
  return `${place}: ${severity}: ${path === "" ? "" : `${path}: `}${message}\n${mend === undefined ? "" : `    → ${mend}\n`}`;
}

function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}
