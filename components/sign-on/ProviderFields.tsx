import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { SignOnDraft } from "./signOnDraft.ts";

type ProviderFieldsProps = {
  draft: SignOnDraft;
  hasSecret: boolean;
  problemAt: (field: string) => string | undefined;
  onChange: (patch: Partial<SignOnDraft>) => void;
};

const ON_OFF = [
  { value: "on", label: "on" },
  { value: "off", label: "off" },
] as const;

export function ProviderFields({ draft, hasSecret, problemAt, onChange }: ProviderFieldsProps) {
  const [replacing, setReplacing] = useState(false);
  const keepsSecret = hasSecret && !replacing;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1">
        <span className="font-[550]">Sign-in by the provider</span>
        <Segmented
          aria-label="Sign-in by the provider"
          className="self-start"
          value={draft.enabled ? "on" : "off"}
          onValueChange={(value) => onChange({ enabled: value === "on" })}
          options={ON_OFF}
        />
      </div>
      <Field label="Issuer" hint="Exactly as the provider calls itself, without /.well-known/…" error={problemAt("issuer")}>
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="https://login.example.org/realms/main"
            value={draft.issuer}
            onChange={(event) => onChange({ issuer: event.target.value.trim() })}
          />
        )}
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Client ID" error={problemAt("clientId")}>
          {(control) => <Input {...control} mono value={draft.clientId} onChange={(event) => onChange({ clientId: event.target.value })} />}
        </Field>
        <Field
          label="Client secret"
          hint={keepsSecret ? "It is stored, sealed, and never shown again." : "Empty: a client without one, by PKCE alone."}
          error={problemAt("clientSecret")}
        >
          {(control) => (
            <span className="flex gap-2">
              <Input
                {...control}
                type="password"
                autoComplete="off"
                className="flex-1"
                placeholder={keepsSecret ? "stored" : undefined}
                disabled={keepsSecret}
                value={draft.clientSecret ?? ""}
                onChange={(event) => onChange({ clientSecret: event.target.value })}
              />
              {hasSecret && (
                <Button
                  onClick={() => {
                    setReplacing(!replacing);
                    onChange({ clientSecret: replacing ? null : "" });
                  }}
                >
                  {replacing ? "Keep it" : "Replace"}
                </Button>
              )}
            </span>
          )}
        </Field>
        <Field label="Name on the button" hint={`People see: Sign in with ${draft.label.trim() === "" ? "…" : draft.label}`} error={problemAt("label")}>
          {(control) => <Input {...control} maxLength={40} value={draft.label} onChange={(event) => onChange({ label: event.target.value })} />}
        </Field>
        <Field label="More scopes" optional hint="Besides openid, email and profile; some providers want one for groups." error={problemAt("scopes")}>
          {(control) => <Input {...control} mono placeholder="groups" value={draft.scopes} onChange={(event) => onChange({ scopes: event.target.value })} />}
        </Field>
      </div>
    </div>
  );
}
