import type { Condition } from "#domain/sampling/condition.ts";
import type { Tier } from "#domain/sampling/samplingPolicy.ts";

/** Of the two phases: the same tiers, said with regular expressions, and with the comparisons that are enough. */
export type Said = "bad" | "cured";

const attribute = (key: string, op: "regex" | "prefix" | "contains", value: string): Condition => ({ kind: "attribute", in: "span", key, op, value });
const any = (...of: Condition[]): Condition => ({ kind: "any", of });

function says(said: Said, expression: Condition, comparison: Condition): Condition {
  return said === "bad" ? expression : comparison;
}

export function tiersOf(said: Said): Tier[] {
  const tier = (name: string, condition: Condition, ratio: number): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
  const endpoint = (words: string[]) =>
    says(said, { kind: "endpoint", match: "regex", values: [`^.*(${words.join("|")}).*$`] }, { kind: "endpoint", match: "contains", values: words });
  const holds = (key: string, words: string[]) =>
    says(said, attribute(key, "regex", `^.*(${words.join("|")}).*$`), any(...words.map((word) => attribute(key, "contains", word))));
  const slowApi: Condition = {
    kind: "all",
    of: [says(said, attribute("http.route", "regex", "^/api/.*$"), attribute("http.route", "prefix", "/api/")), { kind: "latency", aboveMs: 500 }],
  };
  return [
    tier("errors", { kind: "status", is: "error" }, 1),
    tier("slow API", slowApi, 1),
    tier("payments", endpoint(["payment", "checkout", "Fraud", "cards"]), 0.5),
    tier("orders and stock", endpoint(["orders", "shipments", "stock"]), 0.2),
    tier("mobile", holds("user_agent.original", ["iPhone", "Android", "okhttp"]), 0.1),
    tier("calls inside", holds("server.address", ["svc", "cluster"]), 0.02),
    tier("pools", holds("thread.name", ["executor", "exec-"]), 0.02),
    tier("default", { kind: "always" }, 0.01),
  ];
}
