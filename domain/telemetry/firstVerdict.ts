import { strong, text, time, type Verdict, type VerdictFacts } from "./verdictParts.ts";

/** What is so before there are any figures: no collector is there, or nothing was ever heard. Apart, so that the first steps need no more than this. */
export function firstVerdict(facts: Omit<VerdictFacts, "fromMs" | "points" | "ledger" | "reasons">): Verdict | null {
  return withoutCollectors(facts) ?? nothingHeard(facts);
}

function withoutCollectors({ rows, subject }: Pick<VerdictFacts, "rows" | "subject">): Verdict | null {
  const one = subject.kind === "collector";
  if (rows.length === 0)
    return one
      ? null
      : { level: "idle", parts: [text("No collector has connected yet. Start one with an enrolment token from "), strong("Fleet", "collectors"), text(".")] };
  if (rows.some((row) => row.state !== "offline")) return null;
  const seen = Math.max(...rows.map((row) => row.lastSeenMs ?? 0));
  const parts = [
    strong(
      one ? `${subject.name} is offline` : rows.length === 1 ? `${rows[0].name}, the only collector, is offline` : `All ${rows.length} collectors are offline`,
      "collectors",
    ),
  ];
  if (seen > 0) parts.push(text(" since "), time(seen));
  parts.push(text(". A collector that has lost only this control plane still forwards under its last configuration."));
  return { level: "bad", parts };
}

function nothingHeard({ rows, everReceived, subject }: Pick<VerdictFacts, "rows" | "everReceived" | "subject">): Verdict | null {
  if (everReceived) return null;
  const ready = rows.filter((row) => row.state === "online").length;
  const who = subject.kind === "collector" ? `${subject.name} is` : ready === 1 ? "One collector is" : `${ready} collectors are`;
  const it = ready === 1 || subject.kind === "collector" ? "it" : "them";
  return {
    level: "idle",
    parts: [text(`${who} ready and ${who.endsWith("are") ? "have" : "has"} heard nothing yet. Send ${it} a trace, or watch sample traffic first.`)],
  };
}
