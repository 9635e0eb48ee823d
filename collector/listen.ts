import type { AddressInfo, Server } from "node:net";

/** Listens and says on which port; port 0 means any free one. Rejects when the address can't be had. With `reusePort` others of this user may listen there too. */
export function listen(server: Server, host: string, port: number, reusePort = false): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen({ port, host, reusePort }, () => {
    server.off("error", reject);
    resolve((server.address() as AddressInfo).port);
  });
  return promise;
}

/** Whether an address is this machine's own; IPv4 addresses may come as IPv6 ones. */
export function isLoopback(host: string): boolean {
  const plain = host.startsWith("::ffff:") ? host.slice(7) : host;
  return plain === "localhost" || plain === "::1" || plain.startsWith("127.");
}
