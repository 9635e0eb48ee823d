import { expect, it } from "vitest";
import { corsSchema } from "#domain/pipeline/receivers.ts";
import { Cors } from "./cors.ts";

it("takes the origins that are named, subdomains where asked for, and nothing that only looks like them", () => {
  const cors = new Cors(corsSchema.parse({ allowedOrigins: ["https://shop.example.com", "https://*.apps.example.com:8443"] }));
  const allowed = (origin: string) => cors.headers(origin) !== undefined;
  expect(["https://shop.example.com", "https://a.apps.example.com:8443", "https://a.b.apps.example.com:8443"].every(allowed)).toBe(true);
  const others = ["http://shop.example.com", "https://shop.example.com.evil.org", "https://shop.example.com:1", "https://shopxexample.com", "null", ""];
  expect([...others, "https://apps.example.com:8443", "https://evil.org/.apps.example.com:8443", "https://a.apps.example.com"].some(allowed)).toBe(false);
  expect(new Cors(corsSchema.parse({ allowedOrigins: ["*"] })).headers("https://any.where")).toMatchObject({
    "access-control-allow-origin": "https://any.where",
  });
});
