import { expect, it } from "vitest";
import { EVENT_KINDS, EVENT_MEANINGS, eventMessage, notifyEventSchema } from "./events.ts";

it("a message has its type, its time and the address of the page that shows more", () => {
  const event = {
    kind: "rollout.completed" as const,
    atMs: 1_700_000_000_000,
    path: "/rollouts/r1",
    rollout: { id: "r1", title: "v4", group: "default" },
    collectors: 3,
  };
  expect(JSON.parse(eventMessage(notifyEventSchema.parse(event) as never, "https://headgate.example/base"))).toEqual({
    type: "rollout.completed",
    timestamp: "2023-11-14T22:13:20.000Z",
    data: { rollout: { id: "r1", title: "v4", group: "default" }, collectors: 3, url: "https://headgate.example/rollouts/r1" },
  });
});

it("every kind of event is told in one sentence and has a shape", () => {
  const kinds = notifyEventSchema.options.map((option) => option.shape.kind.value);
  expect(kinds.sort()).toEqual([...EVENT_KINDS].sort());
  for (const kind of EVENT_KINDS) expect(EVENT_MEANINGS[kind]).toMatch(/\.$/);
});
