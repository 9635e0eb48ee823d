import { describe, expect, it } from "vitest";
import { SIGN_ON_DEFAULT, type SignOnSettings } from "#domain/auth/signOnSettings.ts";
import { fieldOfProblem, toDraft, toInput } from "./signOnDraft.ts";

const settings: SignOnSettings = {
  ...SIGN_ON_DEFAULT,
  issuer: "https://login.example.org",
  clientId: "headgate",
  domains: ["example.org", "example.com"],
  scopes: ["groups"],
  roles: { claim: "groups", values: [{ value: "sre", role: "editor" }] },
};

describe("the form of single sign-on", () => {
  it("gives back what it was given, and keeps a stored secret", () => {
    expect(toInput(toDraft(settings, true))).toEqual({ settings, clientSecret: null });
    expect(toInput(toDraft(null, false))).toEqual({ settings: SIGN_ON_DEFAULT, clientSecret: "" });
  });

  it("takes lists with commas, spaces and lines, and leaves out rows without a value", () => {
    const draft = {
      ...toDraft(settings, true),
      domains: " example.org,\n@example.com ; ",
      values: [{ value: " ", role: "admin" as const }, ...toDraft(settings, true).values],
    };
    expect(toInput(draft).settings).toMatchObject({ domains: ["example.org", "@example.com"], roles: { values: [{ value: "sre", role: "editor" }] } });
  });

  it("knows which field a problem belongs to", () => {
    expect(["domains[1]", "roles.values[0].value", "clientSecret", "settings.issuer"].map(fieldOfProblem)).toEqual([
      "domains",
      "roles",
      "clientSecret",
      "issuer",
    ]);
  });
});
