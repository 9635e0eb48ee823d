import { expect, it } from "vitest";
import { groupQuestion } from "./GroupChoice.tsx";

const group = (id: string, members: number) => ({ id, name: id, members, documents: [] });
const groups = [group("eu", 2), group("us", 3), group("new", 0)];

it("asks about groups without a collector, and about all of the collectors at once", () => {
  expect(groupQuestion(groups, ["eu"])).toBeNull();
  expect(groupQuestion(groups, [])).toBeNull();
  expect(groupQuestion(groups, ["eu", "new"])).toBe("Apply it although new has no collector now: the first that comes gets it.");
  expect(groupQuestion(groups, ["eu", "us"])).toBe("Apply it to all 5 collectors at once.");
});
