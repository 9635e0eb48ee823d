import type { SpanDraft } from "./makeTrace.ts";
import type { Xoshiro128 } from "./xoshiro128.ts";

export type AttributeDraft = readonly [key: string, value: string | number | boolean];

const AGENTS = [
  "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1) Safari/605.1",
  "okhttp/5.1.0",
  "shop-app/8.2 (Android 16)",
];
const DATABASES: Record<string, string> = { search: "elasticsearch" };

/** Eight to eleven attributes after the OpenTelemetry semantic conventions for what the span does. */
export function spanAttributes({ operation, kind, service, failed }: SpanDraft, random: Xoshiro128): AttributeDraft[] {
  switch (operation.kind) {
    case "http":
      return kind === "server"
        ? httpServer(operation.name, operation.route ?? "/", failed, random)
        : httpClient(operation.name, operation.route ?? "/", operation.service, failed, random);
    case "rpc":
      return rpc(operation.name, operation.service, failed, random);
    case "database":
      return database(operation.name, service, random);
    case "cache":
      return cache(operation.name, service, random);
    case "queue":
      return queue(operation.name, random);
  }
}

function path(route: string, random: Xoshiro128): string {
  return route.replace("{id}", String(10_000 + random.below(90_000)));
}

function httpServer(name: string, route: string, failed: boolean, random: Xoshiro128): AttributeDraft[] {
  return [
    ["http.request.method", name.slice(0, name.indexOf(" "))],
    ["url.scheme", "https"],
    ["url.path", path(route, random)],
    ["http.route", route],
    ["http.response.status_code", failed ? 500 : 200],
    ["server.address", "shop.example.com"],
    ["server.port", 443],
    ["client.address", `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`],
    ["network.protocol.version", "1.1"],
    ["user_agent.original", random.pick(AGENTS)],
    ["thread.id", random.below(64)],
  ];
}

function httpClient(name: string, route: string, target: string, failed: boolean, random: Xoshiro128): AttributeDraft[] {
  const host = `${target}.shop.svc.cluster.local`;
  return [
    ["http.request.method", name.slice(0, name.indexOf(" "))],
    ["url.full", `http://${host}:8080${path(route, random)}`],
    ["server.address", host],
    ["server.port", 8080],
    ["http.response.status_code", failed ? 500 : 200],
    ["network.protocol.version", "1.1"],
    ["network.peer.address", `10.4.${random.below(16)}.${random.below(256)}`],
    ["network.peer.port", 8080],
    ["url.template", route],
    ["thread.name", `http-nio-8080-exec-${random.below(200)}`],
  ];
}

function rpc(name: string, target: string, failed: boolean, random: Xoshiro128): AttributeDraft[] {
  const [rpcService, method] = name.split("/");
  return [
    ["rpc.system", "grpc"],
    ["rpc.service", rpcService],
    ["rpc.method", method],
    ["rpc.grpc.status_code", failed ? 13 : 0],
    ["server.address", `${target}.shop.svc.cluster.local`],
    ["server.port", 9090],
    ["network.peer.address", `10.4.${random.below(16)}.${random.below(256)}`],
    ["network.type", "ipv4"],
    ["thread.name", `grpc-default-executor-${random.below(64)}`],
    ["thread.id", random.below(512)],
  ];
}

function database(name: string, service: string, random: Xoshiro128): AttributeDraft[] {
  const [operation, table] = name.split(" ");
  const statement: Record<string, string> = {
    SELECT: `SELECT id, created_at, updated_at, body FROM ${table} WHERE id = $1 AND tenant = $2 LIMIT 50`,
    INSERT: `INSERT INTO ${table} (id, tenant, created_at, body) VALUES ($1, $2, now(), $3)`,
    UPDATE: `UPDATE ${table} SET quantity = quantity - $1 WHERE id = $2 AND quantity >= $1`,
    SEARCH: `POST /${table}/_search {"query":{"match":{"title":"?"}},"size":24}`,
  };
  return [
    ["db.system.name", DATABASES[service] ?? "postgresql"],
    ["db.namespace", service],
    ["db.operation.name", operation],
    ["db.collection.name", table],
    ["db.query.text", statement[operation]],
    ["server.address", `${service}-db-${random.below(3)}.shop.svc.cluster.local`],
    ["server.port", 5432],
    ["db.response.returned_rows", random.below(50)],
    ["thread.name", `db-pool-${random.below(32)}`],
  ];
}

function cache(name: string, service: string, random: Xoshiro128): AttributeDraft[] {
  const [operation, prefix] = name.split(" ");
  return [
    ["db.system.name", "redis"],
    ["db.namespace", "0"],
    ["db.operation.name", operation],
    ["db.query.text", `${operation} ${service}:${prefix}:${random.next().toString(16)}`],
    ["server.address", `redis-${random.below(6)}.shop.svc.cluster.local`],
    ["server.port", 6379],
    ["cache.hit", random.float() < 0.9],
    ["network.peer.address", `10.4.${random.below(16)}.${random.below(256)}`],
    ["thread.id", random.below(512)],
  ];
}

function queue(name: string, random: Xoshiro128): AttributeDraft[] {
  return [
    ["messaging.system", "kafka"],
    ["messaging.destination.name", name.split(" ")[0]],
    ["messaging.operation.type", "publish"],
    ["messaging.operation.name", "publish"],
    ["messaging.client.id", `producer-${random.below(16)}`],
    ["messaging.destination.partition.id", String(random.below(48))],
    ["messaging.kafka.message.offset", random.next()],
    ["messaging.message.body.size", 200 + random.below(2000)],
    ["server.address", `kafka-${random.below(3)}.shop.svc.cluster.local`],
  ];
}
