import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { requireTraversable } from "./unprivilegedAccount.ts";

it("names the closed folder above the data, and what to do about it", () => {
  const open = mkdtempSync(path.join(tmpdir(), "headgate-unit-"));
  const closed = path.join(open, "closed");
  mkdirSync(closed);
  const account = { name: "postgres", uid: 54_321, gid: 54_321 };
  chmodSync(open, 0o755);
  chmodSync(closed, 0o700);
  expect(() => requireTraversable(path.join(closed, "data"), account, "the data folder is")).toThrow(
    `runs as postgres, who can't enter ${closed}, where the data folder is: run chmod o+x`,
  );
  chmodSync(closed, 0o711);
  expect(() => requireTraversable(path.join(closed, "data"), account, "the data folder is")).not.toThrow();
  rmSync(open, { recursive: true });
});
