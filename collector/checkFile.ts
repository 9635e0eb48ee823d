import { type Document, LineCounter, parseDocument } from "yaml";
import { type CollectorFile, parseCollectorFile } from "#domain/fleet/collectorFile.ts";
import { lintCollectorFile } from "#domain/fleet/lintCollectorFile.ts";
import type { OfferedRate } from "#domain/sampling/lintWait.ts";
import type { Finding } from "#domain/validation/finding.ts";

/** `line` and `column` count from 1; null where the text has nothing to point at. */
export type PlacedFinding = Finding & { line: number | null; column: number | null };

/** `file`: undefined where the text is not valid. `place` says where in the text something else was found. */
export type CheckedFile = { findings: PlacedFinding[]; file: CollectorFile | undefined; place(finding: Finding): PlacedFinding };

/** A configuration file's text, YAML or JSON: whether it can be read, whether it is valid, and what in it does not go together. Never throws. */
export function checkFile(text: string, offered: OfferedRate | undefined): CheckedFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    return unreadable(
      document.errors.map(({ message, pos: [at] }) => ({
        severity: "error",
        path: "",
        message: message.split(/ at line |:\n|\n/, 1)[0],
        ...placeOf(lines, at),
      })),
    );
  }
  let input: unknown;
  try {
    input = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return unreadable([{ severity: "error", path: "", message: error instanceof Error ? error.message : String(error), line: null, column: null }]);
  }
  const parsed = parseCollectorFile(input);
  const findings = parsed.ok ? lintCollectorFile(parsed.value, offered) : parsed.problems.map((problem): Finding => ({ severity: "error", ...problem }));
  const place = (finding: Finding): PlacedFinding => ({ ...finding, ...placeOf(lines, offsetOf(document, finding.path)) });
  return { findings: findings.map(place), file: parsed.ok ? parsed.value : undefined, place };
}

function unreadable(findings: PlacedFinding[]): CheckedFile {
  return { findings, file: undefined, place: (finding) => ({ ...finding, line: null, column: null }) };
}

function placeOf(lines: LineCounter, offset: number | undefined): { line: number | null; column: number | null } {
  if (offset === undefined) return { line: null, column: null };
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: null, column: null } : { line, column: col };
}

/** Of what stands at the path, or of the nearest part around it that the text has; undefined where there is none. */
function offsetOf(document: Document.Parsed, path: string): number | undefined {
  for (let keys = keysOf(path); keys.length > 0; keys = keys.slice(0, -1)) {
    const node: unknown = document.getIn(keys, true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) return node.range[0];
  }
  return undefined;
}

/** The other way round than formatPath: `a.b[2]["c d"]`. */
function keysOf(path: string): (string | number)[] {
  return Array.from(path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g), ([, index, quoted, name]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? String(JSON.parse(quoted)) : name,
  );
}
