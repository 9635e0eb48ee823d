import { parseCollectorConfig } from "../fleet/collectorConfig.ts";
import { configHash } from "../fleet/configHash.ts";
import type { ExportSettings } from "../pipeline/exportSettings.ts";
import { formatProblem } from "../validation/problems.ts";
import { type CodeFile, DOCUMENT_KINDS, type DocumentFile, type DocumentKind, type RunningFile } from "./codeFile.ts";
import { fileNameOf } from "./fileNameOf.ts";
import { type LockEntry, lockKey, runningHash, type ServerLock } from "./lockFile.ts";
import type { Drift, HeaderToSend, Plan, PlanProblem, Step } from "./plan.ts";
import { runningFileOf } from "./runningFile.ts";
import { resolveReference } from "./secretReference.ts";
import { describeFileChange, toFile } from "./serverBody.ts";
import type { ServerDocument, ServerState } from "./serverState.ts";

export type FolderFile = { path: string; file: CodeFile };
export type PlanInput = {
  files: readonly FolderFile[];
  server: ServerState;
  /** What the folder was last equal to, on this server. */
  locked: ServerLock;
  environment: Record<string, string | undefined>;
  /** Archive what the folder does not have. */
  prune: boolean;
  /** Set every header from the environment, also those whose value the server has. */
  setSecrets: boolean;
};

/** What has to be done so that the server has what the folder says. Pure; the same for the same input, and empty when there is nothing to do. */
export function planChanges(input: PlanInput): Plan {
  const { files, server, prune } = input;
  const problems = duplicateProblems(files);
  const steps: Step[] = [];
  const drift: Drift[] = [];
  const equal: Plan["equal"] = [];
  for (const { path, file } of inOrder(files)) {
    if (file.kind === "running") continue;
    const outcome = planDocument(path, file, input);
    problems.push(...outcome.problems);
    if (outcome.drift) drift.push(outcome.drift);
    if (outcome.step) steps.push(outcome.step);
    else if (outcome.version !== null && outcome.problems.length === 0) equal.push({ file, version: outcome.version });
  }
  const running = planRunning(files, input, steps);
  steps.push(...running.steps);
  problems.push(...running.problems);
  if (running.drift) drift.push(running.drift);
  const named = new Set(files.flatMap(({ file }) => (file.kind === "running" ? [] : [lockKey(file.kind, file.name)])));
  const others = server.documents.filter(({ archived, kind, name }) => !archived && !named.has(lockKey(kind, name))).sort(byKey);
  if (prune) {
    for (const document of others) {
      const why = whyNotArchived(running.runs, server, document);
      if (why) problems.push({ file: fileNameOf(document), path: "", message: `the ${document.kind} ${document.name} can't be archived: ${why}` });
      else steps.push({ action: "archive", kind: document.kind, name: document.name, id: document.id, sentences: ["archived; it can be restored"] });
    }
  }
  return { steps, drift, problems, leftAlone: prune ? [] : others.map(({ kind, name }) => ({ kind, name })), equal };
}

type Outcome = { step: Step | null; drift: Drift | null; problems: PlanProblem[]; version: number | null };

function planDocument(path: string, file: DocumentFile, { server, locked, environment, setSecrets }: PlanInput): Outcome {
  const { kind, name } = file;
  const there = server.documents.find((document) => document.kind === kind && document.name === name);
  const lock = locked.documents[lockKey(kind, name)];
  if (!there) {
    const { headers, problems } = headersToSend(path, file, null, environment, setSecrets);
    const drift = lock ? { path, sentences: ["it is gone from the server: renamed there, perhaps"] } : null;
    return { step: { action: "create", kind, name, path, file, headers, sentences: firstSentences(file) }, drift, problems, version: null };
  }
  const stored = toFile(kind, name, there.body, file);
  if (!stored.ok) {
    const message = `version ${there.version} on the server can't be read by this version of Headgate: ${stored.problems.map(formatProblem).join("; ")}`;
    return { step: null, drift: null, problems: [{ file: path, path: "", message }], version: null };
  }
  const { headers, problems } = headersToSend(path, file, stored.value, environment, setSecrets);
  const changes = describeFileChange(stored.value, file);
  const sentences = [
    ...(there.archived ? ["restored from the archive"] : []),
    ...changes,
    ...(setSecrets ? headers.flatMap(({ name: header, value }) => (value === null ? [] : [`header ${header}: set`])) : []),
  ];
  if (sentences.length === 0 && configHash(stored.value.body) !== configHash(file.body)) sentences.push("changed in what no sentence says");
  if (sentences.length === 0) return { step: null, drift: null, problems, version: there.version };
  const drift = lock && lock.version !== there.version ? driftOf(path, lock, there, stored.value, file) : null;
  const step: Step = { action: "change", kind, name, path, file, headers, id: there.id, baseVersion: there.version, restore: there.archived, sentences };
  return { step, drift, problems, version: there.version };
}

function driftOf(path: string, lock: LockEntry, there: ServerDocument, stored: DocumentFile, file: DocumentFile): Drift {
  const { version, updatedBy } = there;
  const untouched = configHash(file.body) === lock.sha256;
  const what = untouched
    ? [
        `${updatedBy} saved version ${version} on the server, and the file is still version ${lock.version}; the server has:`,
        ...describeFileChange(file, stored),
      ]
    : [`${updatedBy} saved version ${version} on the server, and the file was changed from version ${lock.version}`];
  return { path, sentences: what };
}

/** A value that the server has is kept and not needed, unless it would go to another host or be sent where no certificate is checked. */
function headersToSend(
  path: string,
  file: DocumentFile,
  stored: DocumentFile | null,
  environment: PlanInput["environment"],
  setSecrets: boolean,
): { headers: HeaderToSend[]; problems: PlanProblem[] } {
  if (file.kind !== "destination" || file.body.kind !== "otlp") return { headers: [], problems: [] };
  const before = stored?.kind === "destination" && stored.body.kind === "otlp" ? stored.body : null;
  const keeps = before !== null && originOf(before) === originOf(file.body) && !(skipsVerify(file.body) && !skipsVerify(before));
  const headers: HeaderToSend[] = [];
  const problems: PlanProblem[] = [];
  for (const [name, reference] of Object.entries(file.body.headers)) {
    if (keeps && Object.hasOwn(before.headers, name) && !setSecrets) {
      headers.push({ name, value: null });
      continue;
    }
    const resolved = resolveReference(reference, environment);
    if (resolved.ok) headers.push({ name, value: resolved.value });
    else
      problems.push({ file: path, path: `body.headers.${name}`, message: `the variable ${resolved.missing} is not set, and the server has no value to keep` });
  }
  return { headers, problems };
}

function originOf({ endpoint }: { endpoint: string }): string {
  return new URL(endpoint).origin;
}

function skipsVerify({ tls }: { tls?: { insecureSkipVerify?: boolean } }): boolean {
  return tls?.insecureSkipVerify === true;
}

type Runs = Partial<Record<DocumentKind, string>>;

/** What collectors are to run, and the whole of it checked together as a collector would. */
function planRunning(
  files: readonly FolderFile[],
  { server, locked }: PlanInput,
  planned: readonly Step[],
): { steps: Step[]; problems: PlanProblem[]; runs: Runs; drift: Drift | null } {
  const found = files.find((one): one is { path: string; file: RunningFile } => one.file.kind === "running");
  if (!found) return { steps: [], problems: [], runs: {}, drift: null };
  const { path, file } = found;
  const steps: Step[] = [];
  const problems: PlanProblem[] = [];
  const bodies: Partial<Record<DocumentKind, DocumentFile>> = {};
  for (const kind of DOCUMENT_KINDS) {
    const now = toFile(kind, server.running[kind].name, server.running[kind].body);
    const name = file.runs[kind];
    if (name === undefined) {
      if (now.ok) bodies[kind] = now.value;
      continue;
    }
    const saved = planned.find((step) => step.kind === kind && step.name === name && (step.action === "create" || step.action === "change"));
    const there = server.documents.find((document) => document.kind === kind && document.name === name && (!document.archived || saved !== undefined));
    const own = files.find((one) => one.file.kind === kind && one.file.name === name)?.file as DocumentFile | undefined;
    const next = own ?? (there && fileOrNull(there));
    if (!next) {
      problems.push({ file: path, path: `runs.${kind}`, message: `there is no ${kind} ${JSON.stringify(name)}, neither here nor on the server` });
      continue;
    }
    bodies[kind] = next;
    const running = server.running[kind];
    if (saved === undefined && there && running.id === there.id && running.version === there.version) continue;
    const target = saved ? "the version that this saves" : `v${there?.version}`;
    const from = `${running.name} v${running.version}`;
    const changes = now.ok ? describeFileChange(now.value, next) : [];
    steps.push({
      action: "apply",
      kind,
      name,
      id: there?.id ?? null,
      version: saved ? null : (there?.version ?? null),
      sentences: [`collectors: ${from} → ${name}, ${target}`, ...changes],
    });
  }
  const changedThere = locked.running !== null && runningHash(runningFileOf(server).file) !== locked.running;
  const drift = changedThere && steps.length > 0 ? { path, sentences: ["what runs was changed on the server since the last export or apply"] } : null;
  return { steps, problems: [...problems, ...togetherProblems(path, bodies)], runs: file.runs, drift };
}

function togetherProblems(path: string, { policy, pipeline, destination }: Partial<Record<DocumentKind, DocumentFile>>): PlanProblem[] {
  if (!policy || !pipeline || !destination) return [];
  const parsed = parseCollectorConfig({ sampling: policy.body, pipeline: pipeline.body, export: destination.body });
  return parsed.ok ? [] : parsed.problems.map((problem) => ({ file: path, path: "runs", message: `collectors would refuse this: ${formatProblem(problem)}` }));
}

function whyNotArchived(runs: Runs, server: ServerState, { kind, name, id, runsElsewhere }: ServerDocument): string | null {
  if (runs[kind] === undefined ? server.running[kind].id === id : runs[kind] === name) return "it runs; name another one in running.yaml";
  return runsElsewhere.length > 0 ? `it runs in ${runsElsewhere.join(", ")}; apply another one there first` : null;
}

function duplicateProblems(files: readonly FolderFile[]): PlanProblem[] {
  const first = new Map<string, string>();
  return inOrder(files).flatMap(({ path, file }) => {
    const key = file.kind === "running" ? "running" : lockKey(file.kind, file.name);
    const other = first.get(key);
    if (other === undefined) first.set(key, path);
    const what = file.kind === "running" ? "what runs" : `the ${file.kind} ${JSON.stringify(file.name)}`;
    return other === undefined ? [] : [{ file: path, path: file.kind === "running" ? "kind" : "name", message: `${what} is in ${other} already` }];
  });
}

function firstSentences(file: DocumentFile): string[] {
  switch (file.kind) {
    case "policy":
      return [`new, with ${file.body.tiers.length === 1 ? "one tier" : `${file.body.tiers.length} tiers`}`];
    case "pipeline":
      return ["new"];
    case "destination":
      return [`new: ${whereTo(file.body)}`];
  }
}

function whereTo(settings: ExportSettings): string {
  return settings.kind === "otlp" ? settings.endpoint : settings.kind === "archive" ? "the local archive" : "nowhere";
}

function fileOrNull(document: ServerDocument): DocumentFile | null {
  const parsed = toFile(document.kind, document.name, document.body);
  return parsed.ok ? parsed.value : null;
}

function inOrder(files: readonly FolderFile[]): FolderFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function byKey(a: ServerDocument, b: ServerDocument): number {
  return lockKey(a.kind, a.name) < lockKey(b.kind, b.name) ? -1 : 1;
}
