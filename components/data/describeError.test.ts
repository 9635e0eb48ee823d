import { TRPCClientError } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { describeError } from "./describeError.ts";
import { ROUTERS_OF_CHANGE } from "./routersOfChange.ts";

function answered(data: Record<string, unknown>, message = "no") {
  return TRPCClientError.from({ error: { code: -32600, message, data } });
}

describe("describeError", () => {
  it("passes on the problems of an input by path", () => {
    const error = describeError(
      answered({ appCode: "INVALID", httpStatus: 400, problems: [{ path: "tiers[2].keep.ratio", message: "must be between 0 and 1" }, "junk"] }),
    );
    expect(error).toMatchObject({ code: "INVALID", temporary: false, problems: [{ path: "tiers[2].keep.ratio", message: "must be between 0 and 1" }] });
  });

  it("calls a session that ended by one name", () => {
    expect(describeError(answered({ code: "UNAUTHORIZED", appCode: null, httpStatus: 401 })).code).toBe("UNAUTHENTICATED");
  });

  it("takes a missing answer for the network, which may be tried again", () => {
    expect(describeError(TRPCClientError.from(new TypeError("fetch failed")))).toMatchObject({ code: "NETWORK", temporary: true });
  });

  it("keeps what a conflict says", () =>
    expect(describeError(answered({ appCode: "CONFLICT", httpStatus: 409, conflict: { currentVersion: 4 } })).conflict).toEqual({ currentVersion: 4 }));

  it("says the words of anything else that was thrown", () => expect(describeError(new Error("boom"))).toMatchObject({ code: "UNKNOWN", message: "boom" }));
});

describe("what a change makes old", () => {
  it("is never nothing", () => {
    for (const routers of Object.values(ROUTERS_OF_CHANGE)) expect(routers.length).toBeGreaterThan(0);
  });
});
