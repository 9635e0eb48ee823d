import type { Explanation } from "#domain/sampling/explanation.ts";
import type { Tone } from "../../ui/StatusChip.tsx";

/** Shape, word and colour of an answer. What was sampled out on purpose is calm; only what was dropped is red. */
export function explanationLook(explanation: Explanation): { tone: Tone; word: string } {
  switch (explanation.kind) {
    case "decided": {
      if (explanation.delivery === "dropped") return { tone: "bad", word: "dropped" };
      const kept = explanation.decisions.filter((decision) => decision.kept).length;
      if (kept === 0) return { tone: "neutral", word: "sampled out" };
      return kept === explanation.decisions.length ? { tone: "done", word: "kept" } : { tone: "info", word: "kept in part" };
    }
    case "remembered":
      return explanation.kept ? { tone: "done", word: "kept" } : { tone: "neutral", word: "sampled out" };
    case "waiting":
      return { tone: "busy", word: "waiting" };
    case "forgotten":
      return { tone: "warn", word: "forgotten" };
    case "unknown":
      return { tone: "neutral", word: "not known" };
    case "neverSeen":
      return { tone: "info", word: "never seen" };
  }
}
