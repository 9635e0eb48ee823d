import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { postWebhook } from "./postWebhook.ts";

let server: Server;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answering(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
const post = (url: string, timeoutMs = 5_000, allowPrivate = true) => postWebhook({ url, headers: {}, body: "{}", timeoutMs, allowPrivate });

it("gives up on what does not answer in time", async () => {
  const url = await answering(() => {});
  expect(await post(url, 100)).toMatchObject({ ok: false, status: null, error: "no answer within 100 ms" });
});

it("keeps the first bytes of an answer, however long it is", async () => {
  const url = await answering((_request, response) => {
    response.writeHead(200);
    response.on("error", () => {});
    for (let i = 0; i < 200; i++) response.write("x".repeat(10_000));
  });
  const posted = await post(url);
  expect(posted).toMatchObject({ ok: true, status: 200, error: null });
  expect(posted.body).toBe("x".repeat(1_024));
});

it("does not reach this machine or a private network unless the operator allows it, by whatever name", async () => {
  let reached = 0;
  const url = await answering((_request, response) => {
    reached++;
    response.end();
  });
  const { port } = new URL(url);
  for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"])
    expect((await post(`http://${host}:${port}/`, 5_000, false)).error, host).toContain("private address");
  expect(reached).toBe(0);
  expect(await post(url)).toMatchObject({ ok: true });
});
