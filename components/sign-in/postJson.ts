import type { Problem } from "#domain/validation/problems.ts";

export type Answer = { ok: true } | { ok: false; status: number; message: string; problems: Problem[]; retryAfterS: number | null };

/** One POST of JSON; never throws. Status 0 means that no answer came. */
export async function postJson(url: string, body: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    return { ok: false, status: 0, message: "The server did not answer. It may be restarting, or this computer is offline.", problems: [], retryAfterS: null };
  }
  if (response.ok) return { ok: true };
  const details = readDetails(await response.text());
  const retryAfter = Number(response.headers.get("retry-after"));
  return { ok: false, status: response.status, ...details, retryAfterS: Number.isFinite(retryAfter) && retryAfter > 0 ? Math.ceil(retryAfter) : null };
}

function readDetails(text: string): { message: string; problems: Problem[] } {
  const fallback = { message: "Something went wrong on the server; its log says what.", problems: [] };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("message" in value) || typeof value.message !== "string") return fallback;
    const listed: unknown[] = "problems" in value && Array.isArray(value.problems) ? value.problems : [];
    return { message: value.message, problems: listed.filter(isProblem) };
  } catch {
    return fallback;
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" && value !== null && "path" in value && typeof value.path === "string" && "message" in value && typeof value.message === "string"
  );
}
