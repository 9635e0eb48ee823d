"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { Chip } from "#components/ui/Chip.tsx";
import { CopyButton } from "#components/ui/CopyButton.tsx";
import { isTyping } from "#components/ui/isTyping.ts";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import type { AuditEventView } from "#domain/audit/auditEvent.ts";
import { agentInWords } from "#domain/auth/agentInWords.ts";
import { ChangedFields } from "./ChangedFields.tsx";
import { eventLinks } from "./eventLinks.ts";

const ACTOR_WORDS = { person: "signed in", token: "a program with a token", system: "the control plane itself", nobody: "not signed in" };

/** One event, whole: what was and what is, who it was and from where. */
export function AuditEventPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const event = useQuery(trpc.audit.get.queryOptions({ id }));
  const text = useSearchParams().toString();
  const search = text === "" ? "" : `?${text}`;
  return (
    <QueryView query={event} what={`Event ${id}`} skeleton={<Skeleton className="h-[300px] w-full rounded-panel" />}>
      {(data) => <Event event={data} search={search} />}
    </QueryView>
  );
}

function Event({ event, search }: { event: AuditEventView; search: string }) {
  const links = eventLinks(event);
  const changes = sentences(event.detail.changes);
  const detail = Object.fromEntries(Object.entries(event.detail).filter(([name]) => name !== "changes"));
  useNeighbourKeys(event, search);
  return (
    <>
      <PageHead
        title={`Event ${event.id}`}
        crumbs={[{ label: "Audit", href: `/audit${search}` }, { label: `Event ${event.id}` }]}
        aside={<Chip mono>{event.action}</Chip>}
        sub={new Date(event.atMs).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" })}
        actions={
          <>
            {event.newerId !== null && <ButtonLink href={`/audit/${event.newerId}${search}`}>Newer</ButtonLink>}
            {event.olderId !== null && <ButtonLink href={`/audit/${event.olderId}${search}`}>Older</ButtonLink>}
          </>
        }
      />
      <div className="flex max-w-[980px] flex-col gap-3">
        <Panel
          title="What"
          actions={links.map(({ label, href }) => (
            <ButtonLink key={href} size="small" href={href}>
              {label}
            </ButtonLink>
          ))}
        >
          <p className="text-l wrap-anywhere">
            <b>{event.actorName}</b> {event.sentence}
          </p>
          {changes.length > 0 && (
            <ul className="mt-2 flex flex-col gap-1">
              {changes.map((sentence) => (
                <li key={sentence} className="wrap-anywhere text-ink-2">
                  {sentence}
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <ChangedFields before={event.before} after={event.after} />
        {Object.keys(detail).length > 0 && (
          <Panel title="Besides">
            <Facts facts={Object.entries(detail).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])} />
          </Panel>
        )}
        <Origin event={event} />
      </div>
    </>
  );
}

function Origin({ event }: { event: AuditEventView }) {
  const mayAdmin = useMay("admin");
  const { via, page, requestId, ip, agent, token } = event.origin;
  return (
    <Panel title="Who and from where">
      <Facts
        facts={[
          ["Who", `${event.actorName}, ${ACTOR_WORDS[event.actorKind]}`],
          ["Token", token && <span title={token.id}>{token.name}</span>],
          ["By way of", via === "page" ? `a page${page ? `: ${page}` : ""}` : via === "api" ? "the API" : via === "fleet" ? "the fleet channel" : null],
          ["Address", mayAdmin ? (ip ?? null) : "shown to admins"],
          ["Browser", mayAdmin ? agent && <span title={agent}>{agentInWords(agent)}</span> : "shown to admins"],
          ["Request", requestId && <Copied text={requestId} what="the request's number" />],
          ["Hash", event.hash !== null && <Copied text={event.hash} what="the hash" />],
          ["Chain", event.hash === null && "from before there was one: it has no hash"],
          ["Hash before", event.previousHash && <Copied text={event.previousHash} what="the hash before" />],
        ]}
      />
      <p className="mt-2.5 text-s text-ink-3">
        The hash covers this event and the hash before it. <span className="font-mono">npm run headgate -- audit verify</span> computes all of them anew.
      </p>
    </Panel>
  );
}

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="flex items-start gap-1">
      <span className="font-mono text-s wrap-anywhere">{text}</span>
      <CopyButton text={text} what={what} iconOnly />
    </span>
  );
}

/** Names and values; those that are not known are left out. */
function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-2 gap-y-1.5">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="wrap-anywhere text-ink-2">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** `j` to the older event, `k` to the newer: as in the list, where older ones stand below. */
function useNeighbourKeys({ olderId, newerId }: AuditEventView, search: string): void {
  const router = useRouter();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog]")) return;
      const id = event.key === "j" ? olderId : event.key === "k" ? newerId : null;
      if (id !== null) router.push(`/audit/${id}${search}`);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [router, olderId, newerId, search]);
}

function sentences(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
