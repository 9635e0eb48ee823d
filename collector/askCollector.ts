import { AppError, messageOf } from "./appError.ts";

/** Asks the collector that runs on this machine. Throws AppError when nobody answers there, or with what it said when it refused. */
export async function askCollector(url: string, timeoutMs: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new AppError(
      "usage",
      `no collector answers at ${url} (${messageOf(cause)}); set HEADGATE_METRICS_HOST and HEADGATE_METRICS_PORT to where its /metrics is`,
      error,
    );
  }
  if (!response.ok) throw new AppError("usage", `${url} answered ${response.status}: ${(await response.text()).trim()}`);
  return response;
}
