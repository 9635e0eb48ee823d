import { PROFILE_CHUNK_BYTES_MAX, profileRequestSchema } from "#domain/fleet/profileRequest.ts";
import { messageOf } from "../appError.ts";
import type { Profiler } from "../self/profiler.ts";
import type { CollectorMessageFields } from "./fleetMethods.ts";

type Asked = { kind?: string | null; seconds?: number | null };

/** Profiles that the control plane asks for: sent in pieces, before the answer says that all is there. */
export class ProfileCommands {
  readonly #profiler: Profiler;
  /** By the id of the command. There is more than one only until the profiler has refused the others. */
  readonly #recording = new Map<string, AbortController>();

  constructor(profiler: Profiler) {
    this.#profiler = profiler;
  }

  /** Never rejects. */
  async record(commandId: string, asked: Asked, send: (message: CollectorMessageFields) => void, gone: AbortSignal): Promise<{ ok: boolean; message: string }> {
    const request = profileRequestSchema.safeParse({ kind: asked.kind, seconds: asked.seconds });
    if (!request.success) return { ok: false, message: `no such profile can be recorded: ${request.error.issues[0].message}` };
    const cancelled = new AbortController();
    this.#recording.set(commandId, cancelled);
    try {
      const bytes = await this.#profiler.profile(request.data, AbortSignal.any([cancelled.signal, gone]));
      for (let at = 0; at < bytes.length; at += PROFILE_CHUNK_BYTES_MAX) {
        send({ commandChunk: { commandId, data: bytes.subarray(at, at + PROFILE_CHUNK_BYTES_MAX) } });
      }
      return { ok: true, message: "" };
    } catch (error) {
      return { ok: false, message: cancelled.signal.aborted ? "it was given up" : messageOf(error) };
    } finally {
      this.#recording.delete(commandId);
    }
  }

  cancel(commandId: string): undefined {
    this.#recording.get(commandId)?.abort(new Error("nobody waits for the profile any more"));
  }
}
