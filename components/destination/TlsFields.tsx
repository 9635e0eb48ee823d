"use client";

import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { TLS_LABELS, TLS_TEXTS, type TlsDraft, type TlsText } from "./tlsDraft.ts";

type TlsFieldsProps = { tls: TlsDraft; problemAt: (path: string) => string | undefined; readOnly: boolean; onChange: (tls: TlsDraft) => void };

const HINTS: Record<TlsText, string> = {
  caFile: "PEM. Empty: the system's CAs.",
  certFile: "PEM, for a backend that asks for one (mTLS).",
  keyFile: "PEM, of that certificate.",
  serverName: "Checked in the backend's certificate. Empty: the endpoint's.",
};
const PLACEHOLDERS: Record<TlsText, string> = {
  caFile: "/etc/headgate/backend-ca.crt",
  certFile: "/etc/headgate/collector.crt",
  keyFile: "/etc/headgate/collector.key",
  serverName: "otlp.example.com",
};
const VERIFY = [
  { value: "verify", label: "verify" },
  { value: "skip", label: "take any" },
] as const;

/** How an https:// endpoint is spoken to. */
export function TlsFields({ tls, problemAt, readOnly, onChange }: TlsFieldsProps) {
  const problem = problemAt("tls");
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-[550]">TLS</legend>
      <p className="mb-2 text-s text-ink-3">
        Files lie on each collector's machine and are read again when they change. A collector that can't read one refuses the change.
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        {TLS_TEXTS.map((name) => (
          <Field key={name} label={TLS_LABELS[name]} optional hint={HINTS[name]} error={problemAt(`tls.${name}`)}>
            {(control) => (
              <Input
                {...control}
                mono
                readOnly={readOnly}
                placeholder={PLACEHOLDERS[name]}
                value={tls[name]}
                onChange={(event) => onChange({ ...tls, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-s text-bad">
          {problem}
        </p>
      )}
      <div className="mt-3 flex flex-col gap-1">
        <span className="font-[550]">The backend's certificate</span>
        <Segmented
          aria-label="The backend's certificate"
          className="self-start"
          value={tls.insecureSkipVerify ? "skip" : "verify"}
          onValueChange={(value) => onChange({ ...tls, insecureSkipVerify: value === "skip" })}
          options={VERIFY.map((option) => ({ ...option, disabled: readOnly && (option.value === "skip") !== tls.insecureSkipVerify }))}
        />
        {tls.insecureSkipVerify && (
          <Note tone="warn">
            <b>Any certificate is taken.</b> Whoever stands between a collector and the backend can read and change what is sent, headers included.
          </Note>
        )}
      </div>
    </fieldset>
  );
}
