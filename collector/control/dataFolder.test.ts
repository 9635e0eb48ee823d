import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolder } from "./dataFolder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "headgate-data-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const identity = { instanceUid: "4c1b2d1e-8d8e-4f43-8a5c-0d3a3b1f2a10", credential: "secret" };

describe("DataFolder", () => {
  it("keeps identity and configuration for its owner only, and leaves no temporary file", async () => {
    const data = new DataFolder(path.join(folder, "new"));
    await data.writeIdentity(identity);
    await data.writeLastGoodConfig({ revision: 3, hash: "h", config: { export: { kind: "discard" } } });
    expect(await data.readIdentity()).toEqual(identity);
    expect(await data.readLastGoodConfig()).toEqual({ value: { revision: 3, hash: "h", config: { export: { kind: "discard" } } } });
    const names = (await readdir(path.join(folder, "new"))).sort();
    expect(names).toEqual(["collector-identity.json", "last-good-config.json"]);
    for (const name of names) expect((await stat(path.join(folder, "new", name))).mode & 0o777).toBe(0o600);
  });

  it("has nothing at first", async () => {
    const data = new DataFolder(folder);
    expect(await data.readIdentity()).toBeUndefined();
    expect(await data.readLastGoodConfig()).toBeUndefined();
  });

  it("says what is wrong with a broken file", async () => {
    await writeFile(path.join(folder, "last-good-config.json"), '{"revision":');
    await writeFile(path.join(folder, "collector-identity.json"), "{}");
    const data = new DataFolder(folder);
    expect(await data.readLastGoodConfig()).toMatchObject({ problem: expect.any(String) });
    await expect(data.readIdentity()).rejects.toThrow("delete it to enrol anew");
  });

  it("says so when the folder can't be made", async () => {
    await writeFile(path.join(folder, "file"), "");
    expect(() => new DataFolder(path.join(folder, "file", "data"))).toThrow("HEADGATE_DATA_DIR");
  });
});
