"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button, buttonClass } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { signOnRefusalInWords, toSignOnRefusal } from "#domain/auth/signOnRefusal.ts";
import { AloneCard } from "./AloneCard.tsx";
import { nextPath } from "./nextPath.ts";
import { postJson } from "./postJson.ts";

/** Single sign-on where it is set up, and e-mail and password unless they are off. A wrong one is not told from an unknown one; too many tries say how long to wait. */
export function SignInPage() {
  const search = useSearchParams();
  const next = nextPath(search.get("next"));
  const ended = search.has("ended");
  const ways = useQuery(useTRPC().session.waysIn.queryOptions(undefined, { retry: false }));
  const label = ways.data?.signOn?.label ?? null;
  const passwords = ways.data?.passwords !== false;
  const refusal = toSignOnRefusal(search.get("sso"));
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const [waitS, setWaitS] = useState(0);
  const passwordInput = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (waitS <= 0) return;
    const timer = setTimeout(() => setWaitS(waitS - 1), 1000);
    return () => clearTimeout(timer);
  }, [waitS]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setMessage(null);
    const answer = await postJson("/api/auth/sign-in/email", { email: email.trim(), password });
    if (answer.ok) {
      // A full load, so that nothing that was cached without a session stays.
      window.location.assign(next);
      return;
    }
    setBusy(false);
    if (answer.status === 429) setWaitS(answer.retryAfterS ?? 60);
    else setMessage(answer.status !== 403 && answer.status >= 400 && answer.status < 500 ? "E-mail or password is not right." : answer.message);
    setPassword("");
    passwordInput.current?.focus();
  };

  return (
    <AloneCard title="Sign in">
      {ended && (
        <Note tone="info" role="status" className="mb-3.5">
          Your session has ended. Sign in to go on where you were; drafts are kept.
        </Note>
      )}
      {refusal !== null && (
        <Note tone={refusal === "denied" || refusal === "state" || refusal === "busy" ? "warn" : "bad"} role="alert" className="mb-3.5">
          {signOnRefusalInWords(refusal, label ?? "The provider")}
        </Note>
      )}
      {ways.isError && (
        <Note tone="warn" role="status" className="mb-3.5">
          Whether there is single sign-on could not be asked. {describeError(ways.error).message}
        </Note>
      )}
      {label !== null && (
        // A plain link: the server sends the browser on to the provider.
        <a href={signOnHref(next)} className={buttonClass(passwords ? "default" : "primary", "default", "h-[34px]! w-full")}>
          Sign in with {label}
        </a>
      )}
      {label !== null && passwords && (
        <p className="my-4 flex items-center gap-3 text-s text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or with a password
        </p>
      )}
      {ways.isPending && <Skeleton className="h-[182px] w-full" />}
      {passwords && !ways.isPending && (
        <form className="flex flex-col gap-3.5" onSubmit={(event) => void submit(event)}>
          <Field label="E-mail">
            {(control) => (
              <Input
                {...control}
                type="email"
                name="email"
                autoComplete="username"
                required
                autoFocus
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            )}
          </Field>
          <Field label="Password">
            {(control) => (
              <Input
                {...control}
                ref={passwordInput}
                type="password"
                name="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <div aria-live="assertive">
            {waitS > 0 ? <Note tone="warn">Too many tries. You can try again in {waitS} s.</Note> : message !== null && <Note tone="bad">{message}</Note>}
          </div>
          <Button type="submit" variant="primary" busy={busy} disabled={waitS > 0} className="h-[34px]!">
            Sign in
          </Button>
        </form>
      )}
      <p className="mt-5 text-s text-ink-3">
        {passwords
          ? "No account? An admin makes an invitation link under Settings. On the very first start the server prints a link for the owner."
          : `Passwords are off. When ${label ?? "the provider"} is gone, whoever runs the server opens a way in with: npm run headgate -- sign-in recover`}
      </p>
    </AloneCard>
  );
}

function signOnHref(next: string): string {
  return `/api/auth/sso/start${next === "/" ? "" : `?next=${encodeURIComponent(next)}`}`;
}
