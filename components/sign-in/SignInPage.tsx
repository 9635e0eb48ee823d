"use client";

import { useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { AloneCard } from "./AloneCard.tsx";
import { nextPath } from "./nextPath.ts";
import { postJson } from "./postJson.ts";

/** E-mail and password. A wrong one is not told from an unknown one; too many tries say how long to wait. */
export function SignInPage() {
  const next = nextPath(useSearchParams().get("next"));
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
    else setMessage(answer.status >= 400 && answer.status < 500 ? "E-mail or password is not right." : answer.message);
    setPassword("");
    passwordInput.current?.focus();
  };

  return (
    <AloneCard title="Sign in">
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
      <p className="mt-5 text-s text-ink-3">
        No account? An admin makes an invitation link under Settings. On the very first start the server prints a link for the owner.
      </p>
    </AloneCard>
  );
}
