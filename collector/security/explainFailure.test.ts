import { describe, expect, it } from "vitest";
import { exportSettingsSchema, type OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { explainClosed, explainFailure } from "./explainFailure.ts";

const settings = (more: object = {}) => exportSettingsSchema.parse({ endpoint: "https://backend:4317", ...more }) as OtlpExportSettings;
const error = (code: string, message = "") => Object.assign(new Error(message), { code });
const mtls = settings({ tls: { certFile: "/c.crt", keyFile: "/c.key" } });

describe("what is said of a failed connection", () => {
  it("finds the reason among the causes", () => {
    const canceled = new Error("The pending stream has been canceled", { cause: error("CERT_HAS_EXPIRED") });
    expect(explainFailure(canceled, settings())).toBe("its certificate has expired (CERT_HAS_EXPIRED)");
  });

  it("reads alerts in codes and in OpenSSL's messages, and tells a missing client certificate from one that is not taken", () => {
    const wants = "it wants a client certificate; give one as tls.certFile and tls.keyFile";
    expect(explainFailure(error("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), settings())).toContain(wants);
    expect(explainFailure(error("EPROTO", "error:0A000412:SSL routines::ssl/tls alert bad certificate:SSL alert number 42"), settings())).toContain(wants);
    expect(explainFailure(error("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), mtls)).toContain("does not take the client certificate in /c.crt");
    expect(explainFailure(error("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"), settings())).toContain("no TLS version");
  });

  it("leaves what is no matter of TLS as it is, also in plain text", () => {
    expect(explainFailure(error("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"), settings())).toBe("connect ECONNREFUSED 127.0.0.1:1");
    expect(explainClosed(settings({ endpoint: "http://backend:4317" }))).toBe("the connection was closed before an answer came");
    expect(explainClosed(mtls)).toContain("/c.crt");
  });
});
