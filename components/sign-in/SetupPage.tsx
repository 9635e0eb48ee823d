"use client";

import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { AloneCard } from "./AloneCard.tsx";
import { type Account, accountProblems, PASSWORD_MIN } from "./accountRules.ts";
import { postJson } from "./postJson.ts";

/** Turns a one-time link into an account. The token leaves the address bar at once and is kept for this page only. */
export function SetupPage() {
  const inAddress = useSearchParams().get("token");
  const [token, setToken] = useState(inAddress);
  const [account, setAccount] = useState<Account>({ name: "", email: "", password: "", repeated: "" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ message: string; problems: { path: string; message: string }[] } | null>(null);
  useEffect(() => {
    if (inAddress === null) return;
    setToken(inAddress);
    window.history.replaceState(null, "", "/setup");
  }, [inAddress]);

  const here = tried ? accountProblems(account) : [];
  const problemAt = (path: string) =>
    here.find((problem) => problem.path === path)?.message ?? refusal?.problems.find((problem) => problem.path === path)?.message;
  const general = refusal !== null && !refusal.problems.some((problem) => problem.path in account) ? refusal.message : null;
  const set = (patch: Partial<Account>) => {
    setRefusal(null);
    setAccount({ ...account, ...patch });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (accountProblems(account).length > 0) return;
    setBusy(true);
    const answer = await postJson("/api/setup", { token, name: account.name.trim(), email: account.email.trim(), password: account.password });
    if (answer.ok) {
      window.location.replace("/");
      return;
    }
    setBusy(false);
    setRefusal({ message: answer.message, problems: answer.problems });
  };

  if (token === null) {
    return (
      <AloneCard title="Set up your account" sub="This page needs the one-time link that it came with.">
        <p className="text-ink-2">
          Open the whole link again. The owner's is printed by the server at each start until it is used; any other is made by an admin under Settings.{" "}
          <Link href="/sign-in" className="text-ink underline">
            Sign in
          </Link>{" "}
          if you have an account.
        </p>
      </AloneCard>
    );
  }
  return (
    <AloneCard title="Set up your account" sub="The link works once. After this you sign in with e-mail and password.">
      <form noValidate className="flex flex-col gap-3.5" onSubmit={(event) => void submit(event)}>
        <Field label="Name" error={problemAt("name")}>
          {(control) => (
            <Input
              {...control}
              name="name"
              autoComplete="name"
              autoFocus
              maxLength={80}
              value={account.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label="E-mail" error={problemAt("email")}>
          {(control) => (
            <Input
              {...control}
              type="email"
              name="email"
              autoComplete="username"
              maxLength={254}
              value={account.email}
              onChange={(event) => set({ email: event.target.value })}
            />
          )}
        </Field>
        <Field label="Password" hint={`At least ${PASSWORD_MIN} characters. Length is what counts; a few words do well.`} error={problemAt("password")}>
          {(control) => (
            <Input
              {...control}
              type="password"
              name="password"
              autoComplete="new-password"
              value={account.password}
              onChange={(event) => set({ password: event.target.value })}
            />
          )}
        </Field>
        <Field label="Password again" error={problemAt("repeated")}>
          {(control) => (
            <Input
              {...control}
              type="password"
              name="repeated"
              autoComplete="new-password"
              value={account.repeated}
              onChange={(event) => set({ repeated: event.target.value })}
            />
          )}
        </Field>
        {general !== null && (
          <Note tone="bad" role="alert">
            {general}
          </Note>
        )}
        <Button type="submit" variant="primary" busy={busy} className="h-[34px]!">
          Create the account
        </Button>
      </form>
    </AloneCard>
  );
}
