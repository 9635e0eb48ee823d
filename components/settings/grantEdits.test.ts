import { expect, it } from "vitest";
import { grantable, withGrant } from "./grantEdits.ts";

it("gives, changes and takes away a role in one group, and leaves the others", () => {
  const one = withGrant({ us: "editor" }, "eu", "approver");
  expect(one).toEqual({ us: "editor", eu: "approver" });
  expect(withGrant(one, "eu", "editor")).toEqual({ us: "editor", eu: "editor" });
  expect(withGrant(one, "eu", null)).toEqual({ us: "editor" });
});

it("sends only roles that can be granted", () => expect(grantable({ eu: "approver", us: "admin", default: "viewer" })).toEqual({ eu: "approver" }));
