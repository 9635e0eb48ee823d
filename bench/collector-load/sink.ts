// A process of its own (started by bench/collector.ts): answers OTLP/gRPC and throws the bytes away.
import http2 from "node:http2";
import type { AddressInfo } from "node:net";

const WINDOW = 16 << 20;
const server = http2.createServer({ settings: { initialWindowSize: WINDOW }, maxSessionMemory: 1024 });
server.on("session", (session) => {
  session.setLocalWindowSize(WINDOW);
  session.on("error", () => session.destroy());
});
server.on("stream", (stream) => {
  stream.on("error", () => stream.destroy());
  stream.on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(5));
  });
  stream.resume();
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
