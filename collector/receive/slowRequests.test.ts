import { describe, expect, it } from "vitest";
import { SlowRequests } from "./slowRequests.ts";

describe("SlowRequests", () => {
  it("ends what took too long, once, and leaves the others", () => {
    const ended: string[] = [];
    const slow = new SlowRequests<string>(1000, (request) => ended.push(request));
    slow.add("a", 0);
    slow.add("b", 100);
    slow.add("c", 900);
    slow.remove("b");
    slow.sweep(999);
    expect(ended).toEqual([]);
    slow.sweep(1200);
    slow.sweep(1300);
    expect(ended).toEqual(["a"]);
    slow.sweep(5000);
    expect(ended).toEqual(["a", "c"]);
    slow.stop();
  });
});
