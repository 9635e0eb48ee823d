import { describe, expect, it } from "vitest";
import { originProblem } from "./originProblem.ts";

const url = "https://headgate.example.org";
const host = "127.0.0.1:3000";

describe("origin check", () => {
  it("lets every read pass", () => {
    for (const method of ["GET", "HEAD", "OPTIONS"])
      expect(originProblem(method, { host, origin: "https://evil.test", "sec-fetch-site": "cross-site" }, url)).toBeNull();
  });
  it("lets our own pages change things, under the address they were opened with or the public one", () => {
    expect(originProblem("POST", { host, origin: `http://${host}`, cookie: "a=b", "sec-fetch-site": "same-origin" }, url)).toBeNull();
    expect(originProblem("POST", { host, origin: url, cookie: "a=b" }, url)).toBeNull();
    expect(originProblem("POST", { host, cookie: "a=b", "sec-fetch-site": "same-origin" }, url)).toBeNull();
  });
  it.each([
    { origin: "https://evil.test" },
    { origin: "null" },
    { origin: "http://127.0.0.1:3001" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: `http://${host}` },
    { "sec-fetch-site": "none" },
    { cookie: "a=b" },
  ])("refuses %o", (headers) => {
    expect(originProblem("POST", { host, ...headers }, url)).toEqual(expect.any(String));
  });
  it("lets a client without cookies pass that says nothing", () => {
    expect(originProblem("POST", { host }, url)).toBeNull();
  });
});
