import { exportSettingsSchema } from "../pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "../pipeline/pipelineSettings.ts";
import { samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import type { DocumentFile, DocumentKind } from "./codeFile.ts";
import { lockKey } from "./lockFile.ts";
import type { Step } from "./plan.ts";
import type { ServerDocument, ServerState } from "./serverState.ts";

/** A server that does what the real one does with documents, in memory: secrets stay in it, and what it shows has none. */
export class MemoryServer {
  #documents: (ServerDocument & { bodies: unknown[]; values: Record<string, string> })[] = [];
  #running: Record<DocumentKind, { id: string; version: number }>;
  #next = 1;

  constructor() {
    const seeded = [
      { kind: "policy", name: "keep everything", body: samplingPolicySchema.parse({}) },
      { kind: "pipeline", name: "defaults", body: pipelineSettingsSchema.parse({}) },
      { kind: "destination", name: "local archive", body: exportSettingsSchema.parse({ kind: "archive" }) },
    ] as const;
    const [policy, pipeline, destination] = seeded.map((file) => ({ id: this.#create(file, []), version: 1 }));
    this.#running = { policy, pipeline, destination };
  }

  state(): ServerState {
    const documents = this.#documents.map(({ bodies: _, values: __, ...document }) => ({ ...document }));
    const running = Object.fromEntries(
      Object.entries(this.#running).map(([kind, { id, version }]) => {
        const document = this.#byId(id);
        return [kind, { id, name: document.name, version, body: document.bodies[version - 1] }];
      }),
    );
    return { documents, running: running as ServerState["running"] };
  }

  do(steps: readonly Step[]): void {
    const saved = new Map<string, { id: string; version: number }>();
    for (const step of steps) {
      const key = lockKey(step.kind, step.name);
      if (step.action === "create") saved.set(key, { id: this.#create(step.file, step.headers), version: 1 });
      else if (step.action === "change") saved.set(key, { id: step.id, version: this.save(step.id, step.baseVersion, step.file, step.headers) });
      else if (step.action === "archive") this.#byId(step.id).archived = true;
      else this.run(step.kind, step.id ?? saved.get(key)?.id ?? "", step.version ?? saved.get(key)?.version ?? 0);
    }
  }

  save(id: string, baseVersion: number, file: DocumentFile, headers: { name: string; value: string | null }[] = []): number {
    const document = this.#byId(id);
    if (document.version !== baseVersion) throw new Error(`version ${document.version} is there, not ${baseVersion}`);
    document.archived = false;
    document.values = take(headers, document.values);
    document.body = shown(file, document.values);
    document.bodies.push(document.body);
    document.version = document.bodies.length;
    document.updatedBy = "Somebody";
    return document.version;
  }

  run(kind: DocumentKind, id: string, version: number): void {
    if (this.#byId(id).bodies[version - 1] === undefined) throw new Error(`there is no version ${version} of ${id}`);
    this.#running[kind] = { id, version };
  }

  find(kind: DocumentKind, name: string): ServerDocument & { values: Record<string, string> } {
    const found = this.#documents.find((document) => document.kind === kind && document.name === name);
    if (!found) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  #create(file: DocumentFile, headers: { name: string; value: string | null }[]): string {
    const { kind, name } = file;
    if (this.#documents.some((document) => document.kind === kind && document.name === name)) throw new Error(`${name} is taken`);
    const values = take(headers, {});
    const id = `id-${this.#next++}`;
    const body = shown(file, values);
    this.#documents.push({ kind, id, name, version: 1, updatedBy: "Somebody", archived: false, body, runsElsewhere: [], bodies: [body], values });
    return id;
  }

  #byId(id: string) {
    const found = this.#documents.find((document) => document.id === id);
    if (!found) throw new Error(`there is no document ${id}`);
    return found;
  }
}

function take(headers: { name: string; value: string | null }[], stored: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    headers.map(({ name, value }) => {
      const taken = value ?? stored[name];
      if (taken === undefined) throw new Error(`no value is stored for ${name}`);
      return [name, taken];
    }),
  );
}

function shown({ body }: DocumentFile, values: Record<string, string>): unknown {
  if (!("kind" in body) || body.kind !== "otlp") return JSON.parse(JSON.stringify(body));
  return JSON.parse(JSON.stringify({ ...body, headers: Object.keys(values).map((name) => ({ name, isSet: true })) }));
}
