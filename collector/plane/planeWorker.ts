import { type TransferListItem, Worker } from "node:worker_threads";
import { AppError } from "../appError.ts";
import type { PlaneLog } from "./plane.ts";
import type { PlaneAnswers, PlaneAsk, PlaneReply, PlaneThreadData } from "./planeMessages.ts";

type Waiting = { resolve: (value: never) => void; reject: (error: Error) => void };

/** One thread with a data plane, asked from this one. */
export class PlaneWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #number = 0;
  #stopping = false;
  #ended = false;

  /** `died`: the thread has ended without being asked to. */
  constructor(data: PlaneThreadData, transfer: TransferListItem[], log: PlaneLog, died: (error: Error) => void) {
    this.#worker = new Worker(new URL("./planeThread.ts", import.meta.url), { workerData: data, transferList: transfer });
    this.#worker.on("message", (reply: PlaneReply) => {
      if (reply.kind === "log") log(reply.level, reply.fields, reply.message);
      else if (reply.kind === "answer") this.#settle(reply.number)?.resolve(reply.value as never);
      else {
        const { code, message } = reply;
        this.#settle(reply.number)?.reject(code === undefined ? new Error(message) : new AppError(code as AppError["code"], message));
      }
    });
    const ended = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      this.#ended = true;
      if (!this.#stopping) died(error);
      this.#stopping = true;
    };
    this.#worker.on("error", ended);
    this.#worker.on("exit", (code) => ended(new Error(`the thread of a data plane ended with ${code}`)));
  }

  /** Rejects when the thread says so or has ended. */
  ask<A extends PlaneAsk>(question: A): Promise<PlaneAnswers[A["ask"]]> {
    if (this.#ended) return Promise.reject(new Error("the thread of a data plane has ended"));
    const number = this.#number++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ ...question, number });
    });
  }

  async end(): Promise<void> {
    this.#stopping = true;
    await this.#worker.terminate();
  }

  #settle(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }
}
