import { Document } from "yaml";
import type { CodeFile } from "./codeFile.ts";

const ABOUT: Record<CodeFile["kind"], string> = {
  policy: "A sampling policy",
  pipeline: "Pipeline settings",
  destination: "A destination. Values of headers are references to variables; the values themselves stay on the server",
  running: "What collectors run: documents by name. A kind that is left out is left as it is",
};

/** The file's text: the same for the same content, so that a difference between two exports is a change. */
export function formatCodeFile(file: CodeFile, notes: readonly string[] = []): string {
  const document = new Document(inOrder(file), { aliasDuplicateObjects: false });
  const lines = [`${ABOUT[file.kind]}. After a change: npm run headgate -- plan DIR`, ...notes];
  document.commentBefore = lines.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 });
}

/** What it is comes first. What is not set is not written. */
function inOrder(file: CodeFile): unknown {
  if (file.kind === "running")
    return { kind: file.kind, runs: withoutUndefined({ policy: file.runs.policy, pipeline: file.runs.pipeline, destination: file.runs.destination }) };
  const { kind, name, body } = file;
  return { kind, name, body: withoutUndefined(body) };
}

function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
