import { PROFILE_BYTES_MAX, type ProfileRequest } from "#domain/fleet/profileRequest.ts";
import { AppError } from "../appError.ts";
import type { ThreadProfile } from "./threadProfile.ts";

export type ProfilerFigures = { recorded: number; refused: number };

/** Records every thread that `record` knows of into one profile; one at a time, as two would tell of each other. */
export class Profiler {
  readonly #record: (request: ProfileRequest, signal: AbortSignal) => Promise<ThreadProfile[]>;
  readonly #figures: ProfilerFigures = { recorded: 0, refused: 0 };
  #recording = false;

  constructor(record: (request: ProfileRequest, signal: AbortSignal) => Promise<ThreadProfile[]>) {
    this.#record = record;
  }

  figures(): ProfilerFigures {
    return { ...this.#figures };
  }

  /** A gzipped pprof profile. Rejects with AppError `busy` while another one is recorded, and with the signal's reason when it aborts. */
  async profile(request: ProfileRequest, signal: AbortSignal): Promise<Buffer> {
    if (this.#recording) {
      this.#figures.refused++;
      throw new AppError("busy", "a profile is being recorded already; wait for it to end");
    }
    this.#recording = true;
    try {
      const threads = await this.#record(request, signal);
      const { writePprof } = await import("./writePprof.ts");
      const bytes = await writePprof(request.kind, threads);
      if (bytes.length > PROFILE_BYTES_MAX) {
        throw new AppError("busy", `the profile has ${bytes.length} bytes, ${PROFILE_BYTES_MAX} are allowed; record fewer seconds`);
      }
      this.#figures.recorded++;
      return bytes;
    } finally {
      this.#recording = false;
    }
  }
}
