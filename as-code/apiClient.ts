import { z } from "zod";
import { CommandError } from "./commandError.ts";

const PAGE = 200;
const PAGES_MAX = 100;
const TIMEOUT_MS = 30_000;

const problemSchema = z.object({ status: z.number(), detail: z.string(), errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]) });

/** A refusal in the server's words. */
export class ApiRefusal extends CommandError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiRefusal";
    this.status = status;
  }
}

export type ApiClient = {
  /** How the folder's lock names the server. */
  url: string;
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** All pages of a list. */
  list<T>(path: string, item: z.ZodType<T>): Promise<T[]>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
};

/** Calls `/api/v1` of a server with a token. What it answers is checked; what it refuses is thrown in its own words. */
export function createApiClient({ url, token, fetcher = fetch }: { url: string; token: string; fetcher?: typeof fetch }): ApiClient {
  async function call<T>(method: "GET" | "POST", path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const response = await reach(method, path, body);
    const text = await response.text();
    const json = parseJson(text);
    if (!response.ok) throw refusal(response.status, json, `${method} ${path}`);
    const parsed = schema.safeParse(json);
    if (!parsed.success)
      throw new CommandError(
        `${url} answered ${method} /api/v1${path} with something else than this version of Headgate knows; is it a Headgate of another version?`,
      );
    return parsed.data;
  }

  async function reach(method: string, path: string, body: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) };
    try {
      // A redirect would carry the token to wherever it points.
      return await fetcher(`${url}/api/v1${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new CommandError(`${url} can't be reached: ${whyOf(error)}; name another server with --url or HEADGATE_URL`, error);
    }
  }

  return {
    url,
    get: (path, schema) => call("GET", path, schema),
    post: (path, body, schema) => call("POST", path, schema, body),
    async list(path, item) {
      const schema = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
      const found = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES_MAX; page++) {
        const query: string = `${path.includes("?") ? "&" : "?"}limit=${PAGE}${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
        const { items, nextCursor } = await call("GET", path + query, schema);
        found.push(...items);
        if (nextCursor === null) return found;
        cursor = nextCursor;
      }
      throw new CommandError(`${url} has more than ${PAGES_MAX * PAGE} at ${path}; that is more than this command takes`);
    },
  };
}

function refusal(status: number, json: unknown, what: string): ApiRefusal {
  const parsed = problemSchema.safeParse(json);
  if (!parsed.success) return new ApiRefusal(status, `${what} was answered ${status}, not by Headgate's API; is the address right?`);
  const { detail, errors } = parsed.data;
  const more = errors.length > 1 ? `: ${errors.map(({ path, message }) => `${path}: ${message}`).join("; ")}` : "";
  return new ApiRefusal(status, detail + more);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
