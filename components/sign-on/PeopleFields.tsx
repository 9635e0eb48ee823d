import { Plus, X } from "lucide-react";
import { Button, buttonClass } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { Select } from "#components/ui/Select.tsx";
import { ROLES } from "#domain/auth/role.ts";
import { SIGN_ON_ROLE_VALUES_MAX } from "#domain/auth/signOnSettings.ts";
import { CONNECT_HREF } from "./connectHref.ts";
import type { SignOnDraft } from "./signOnDraft.ts";
import type { SignOnView } from "./signOnTypes.ts";

type PeopleFieldsProps = {
  draft: SignOnDraft;
  view: SignOnView;
  problemAt: (field: string) => string | undefined;
  onChange: (patch: Partial<SignOnDraft>) => void;
};

const NEW_PEOPLE = [
  { value: "invited", label: "only who was invited" },
  { value: "anybody", label: "whoever the provider lets in" },
] as const;
const ROLES_BY = [
  { value: "hand", label: "under People" },
  { value: "claim", label: "by a claim of the provider" },
] as const;
const PASSWORDS = [
  { value: "on", label: "on" },
  { value: "off", label: "off" },
] as const;
const ROLE_OPTIONS = ROLES.map((role) => ({ value: role, label: role }));
const NOT_ADMIN = ROLE_OPTIONS.flatMap(({ value, label }) => (value === "admin" ? [] : [{ value, label }]));

export function PeopleFields({ draft, view, problemAt, onChange }: PeopleFieldsProps) {
  return (
    <div className="flex flex-col gap-3">
      <Field label="E-mail domains" optional hint="Separated by commas. Empty: any." error={problemAt("domains")}>
        {(control) => (
          <Input {...control} placeholder="example.org, example.com" value={draft.domains} onChange={(event) => onChange({ domains: event.target.value })} />
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <span className="font-[550]">New people</span>
        <Segmented
          aria-label="New people"
          className="self-start"
          value={draft.newPeople}
          onValueChange={(newPeople) => onChange({ newPeople })}
          options={NEW_PEOPLE}
        />
        <p className="text-s text-ink-3">
          {draft.newPeople === "invited"
            ? "An invitation with an e-mail address is used by signing in with that address."
            : "An account is made at the first sign-in. Whom you remove here comes back at their next sign-in, unless the provider keeps them out too."}
        </p>
        {draft.newPeople === "anybody" && draft.domains.trim() === "" && (
          <Note tone="warn">
            <b>Everybody whom the provider knows gets in.</b> Name domains, or restrict the application there.
          </Note>
        )}
      </div>
      <div className="flex flex-col gap-1">
        <span className="font-[550]">Roles are set</span>
        <Segmented
          aria-label="Roles are set"
          className="self-start"
          value={draft.rolesBy}
          onValueChange={(rolesBy) => onChange({ rolesBy })}
          options={ROLES_BY}
        />
      </div>
      {draft.rolesBy === "claim" && <RoleValues draft={draft} problem={problemAt("roles")} onChange={onChange} />}
      <Field
        label={draft.rolesBy === "claim" ? "Role where no value gives one" : "Role of new people"}
        hint={draft.rolesBy === "claim" ? "At each sign-in, so that who leaves a group there loses its role here." : "An invitation's role comes first."}
        error={problemAt("defaultRole")}
      >
        {({ invalid: _invalid, ...control }) => (
          <Select {...control} className="w-[140px]" value={draft.defaultRole} onValueChange={(defaultRole) => onChange({ defaultRole })} options={NOT_ADMIN} />
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <span className="font-[550]">Passwords</span>
        <Segmented
          aria-label="Passwords"
          className="self-start"
          value={draft.passwords}
          onValueChange={(passwords) => onChange({ passwords })}
          options={PASSWORDS.map((option) => ({ ...option, disabled: option.value === "off" && draft.passwords === "on" && !view.connected }))}
        />
        <p className="text-s text-ink-3">
          Off: everybody signs in by the provider; who is signed in stays so. The way back when the provider is gone is a command on the server's machine: npm
          run headgate -- sign-in recover.
        </p>
        {!view.connected && view.settings?.enabled && (
          <Note
            action={
              <a className={buttonClass("default", "small")} href={CONNECT_HREF}>
                Connect my account
              </a>
            }
          >
            To turn passwords off, connect your own account first: that shows that the provider works.
          </Note>
        )}
        {problemAt("passwords") && (
          <p role="alert" className="text-s text-bad">
            {problemAt("passwords")}
          </p>
        )}
      </div>
    </div>
  );
}

function RoleValues({ draft, problem, onChange }: { draft: SignOnDraft; problem: string | undefined; onChange: PeopleFieldsProps["onChange"] }) {
  const { values } = draft;
  return (
    <fieldset className="min-w-0 rounded-control border border-line p-3">
      <legend className="px-1 text-s text-ink-2">The highest role that a value gives</legend>
      <Field label="Claim" hint="Of the id token or of userinfo: groups, roles, realm_access.roles" className="max-w-[320px]">
        {(control) => <Input {...control} mono maxLength={200} value={draft.claim} onChange={(event) => onChange({ claim: event.target.value })} />}
      </Field>
      <ul aria-label="Values and their roles" className="mt-2 flex flex-col gap-1.5">
        {values.map(({ value, role }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <li key={index} className="flex items-center gap-2">
            <Input
              aria-label={`Value ${index + 1}`}
              mono
              className="min-w-0 flex-1"
              placeholder="sre-team"
              maxLength={200}
              value={value}
              onChange={(event) => onChange({ values: values.with(index, { value: event.target.value, role }) })}
            />
            <Select
              aria-label={`Role of value ${index + 1}`}
              className="w-[110px]"
              value={role}
              options={ROLE_OPTIONS}
              onValueChange={(chosen) => onChange({ values: values.with(index, { value, role: chosen }) })}
            />
            <Button
              size="icon"
              variant="ghost"
              aria-label={`Remove value ${index + 1}`}
              disabled={values.length === 1}
              onClick={() => onChange({ values: values.toSpliced(index, 1) })}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <Button
        size="small"
        className="mt-2"
        icon={<Plus aria-hidden />}
        disabled={values.length >= SIGN_ON_ROLE_VALUES_MAX}
        onClick={() => onChange({ values: [...values, { value: "", role: "viewer" }] })}
      >
        Add a value
      </Button>
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-s text-bad">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
