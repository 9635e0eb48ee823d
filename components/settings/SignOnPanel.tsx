"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { CONNECT_HREF } from "#components/sign-on/connectHref.ts";
import type { WaysIn } from "#components/sign-on/signOnTypes.ts";
import { ButtonLink, buttonClass } from "#components/ui/Button.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { signOnRefusalInWords, toSignOnRefusal } from "#domain/auth/signOnRefusal.ts";

/** Whether one's own account is connected with the provider; for admins, the way to its settings. Others see it only where it is on. */
export function SignOnPanel() {
  const trpc = useTRPC();
  const mayAdmin = useMay("admin");
  const ways = useQuery(trpc.session.waysIn.queryOptions());
  const refusal = toSignOnRefusal(useSearchParams().get("sso"));
  if (!mayAdmin && !ways.data?.signOn) return null;
  return (
    <Panel
      title="Single sign-on"
      actions={
        mayAdmin && (
          <ButtonLink size="small" href="/settings/sign-on">
            {ways.data?.signOn ? "Change…" : "Set up…"}
          </ButtonLink>
        )
      }
    >
      {refusal !== null && (
        <Note tone="bad" role="alert" className="mb-2">
          Your account was not connected. {signOnRefusalInWords(refusal, ways.data?.signOn?.label ?? "The provider")}
        </Note>
      )}
      <QueryView query={ways} what="Single sign-on" skeleton={<Skeleton className="h-[30px] w-full" />}>
        {(data) => <OwnAccount {...data} />}
      </QueryView>
    </Panel>
  );
}

function OwnAccount({ signOn, passwords }: WaysIn) {
  if (!signOn) return <p className="text-ink-2">Off: everybody signs in with e-mail and password.</p>;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      {signOn.connected ? <StatusChip tone="done">connected</StatusChip> : <StatusChip tone="neutral">not connected</StatusChip>}
      <span className="min-w-0 flex-1 basis-[220px] text-ink-2">
        {signOn.connected ? `You can sign in with ${signOn.label}.` : `Connect your account to sign in with ${signOn.label}.`}
        {passwords ? "" : " Passwords are off."}
      </span>
      {!signOn.connected && (
        <a className={buttonClass("default", "small")} href={CONNECT_HREF}>
          Connect with {signOn.label}
        </a>
      )}
    </div>
  );
}
