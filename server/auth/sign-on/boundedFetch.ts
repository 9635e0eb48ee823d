import type { CustomFetch } from "openid-client";

const ANSWER_BYTES_MAX = 1_000_000;

/** fetch, whose answers have a largest size: a provider is not trusted with our memory. */
export const boundedFetch: CustomFetch = async (url, { body, headers, method, redirect, signal }) => {
  const response = await fetch(url, { body: body as BodyInit | null | undefined, headers, method, redirect, signal });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`${new URL(url).host} answered with more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const { status, statusText } = response;
  const mayHaveBody = status !== 204 && status !== 205 && status !== 304;
  const whole = new Response(mayHaveBody ? Buffer.concat(chunks) : null, { status, statusText, headers: response.headers });
  Object.defineProperty(whole, "url", { value: response.url });
  return whole;
};
