import { z } from "zod";
import type { DocumentFile } from "#domain/as-code/codeFile.ts";
import { lockKey } from "#domain/as-code/lockFile.ts";
import type { HeaderToSend, Plan, Step } from "#domain/as-code/plan.ts";
import type { ApiClient } from "./apiClient.ts";
import { CommandError } from "./commandError.ts";
import { stepName } from "./planInWords.ts";
import { FOLDER_OF } from "./readServer.ts";

type Saved = { id: string; version: number };

const createdSchema = z.object({ id: z.string(), version: z.int() });
const savedSchema = z.object({ version: z.int() });
const startedSchema = z.object({ revision: z.int() });

/** Does the steps in their order and stops at the first that is refused: what was done before it stays done, and the error says what was and what was not. */
export async function applyPlan(api: ApiClient, { steps }: Plan, { message, say }: { message: string; say: (line: string) => void }): Promise<void> {
  const saved = new Map<string, Saved>();
  for (const [index, step] of steps.entries()) {
    try {
      say(`✓ ${stepName(step)}: ${await doStep(api, step, saved, message)}`);
    } catch (error) {
      const names = (some: readonly Step[]) => (some.length === 0 ? "nothing" : some.map(stepName).join(", "));
      const why = error instanceof Error ? error.message : String(error);
      throw new CommandError(
        `stopped at ${stepName(step)}: ${why}\n  done: ${names(steps.slice(0, index))}\n  not done: ${names(steps.slice(index))}\nPlan again to see what is left.`,
        error,
      );
    }
  }
}

async function doStep(api: ApiClient, step: Step, saved: Map<string, Saved>, message: string): Promise<string> {
  const folder = FOLDER_OF[step.kind];
  const key = lockKey(step.kind, step.name);
  switch (step.action) {
    case "create": {
      const made = await api.post(`/${folder}`, { name: step.name, body: bodyToSend(step.file, step.headers), message }, createdSchema);
      saved.set(key, made);
      return "created";
    }
    case "change": {
      if (step.restore) await api.post(`/${folder}/${step.id}/restore`, undefined, z.unknown());
      const body = { baseVersion: step.baseVersion, body: bodyToSend(step.file, step.headers), message };
      const { version } = await api.post(`/${folder}/${step.id}/versions`, body, savedSchema);
      saved.set(key, { id: step.id, version });
      return `saved as version ${version}`;
    }
    case "archive":
      await api.post(`/${folder}/${step.id}/archive`, undefined, z.unknown());
      return "archived";
    case "apply": {
      const id = step.id ?? saved.get(key)?.id;
      const version = step.version ?? saved.get(key)?.version;
      if (id === undefined || version === undefined) throw new Error(`there is no version of ${step.name} to apply`);
      const { revision } = await api.post("/apply", { kind: step.kind, id, version, message }, startedSchema);
      return `applied as revision ${revision}`;
    }
  }
}

function bodyToSend({ body }: DocumentFile, headers: HeaderToSend[]): unknown {
  return "kind" in body && body.kind === "otlp" ? { ...body, headers } : body;
}
