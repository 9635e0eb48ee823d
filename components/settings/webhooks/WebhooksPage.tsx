"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { Plus } from "lucide-react";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th } from "#components/ui/Table.tsx";
import { toast } from "#components/ui/toast.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { DeliveryLog } from "./DeliveryLog.tsx";
import { SecretDialog } from "./SecretDialog.tsx";
import { WebhookDialog } from "./WebhookDialog.tsx";

export type Webhook = inferRouterOutputs<AppRouter>["webhooks"]["list"][number];
type Doing = { kind: "edit"; webhook: Webhook | null } | { kind: "remove" | "rotate"; webhook: Webhook } | { kind: "secret"; secret: string };

/** Who is told of what happens, and what was sent to them. */
export function WebhooksPage() {
  const trpc = useTRPC();
  const list = useQuery(trpc.webhooks.list.queryOptions());
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setDoing({ kind: "edit", webhook: null })}>
      Add a webhook
    </Button>
  );
  return (
    <>
      <PageHead
        title="Webhooks"
        crumbs={[{ label: "Settings", href: "/settings" }, { label: "Webhooks" }]}
        sub="Tells other systems when a rollout needs you, rolls back or completes, when glass is broken, and when approval is asked for."
        actions={add}
      />
      <div className="flex flex-col gap-3">
        <Panel title="Webhooks" flush>
          <QueryView query={list} what="The list of webhooks" skeleton={<SkeletonRows rows={2} columns={5} />}>
            {(webhooks) =>
              webhooks.length === 0 ? (
                <EmptyState title="Nobody is told yet" actions={add}>
                  A webhook is sent signed, is tried again for a day when it fails, and stands in the log below with its answer.
                </EmptyState>
              ) : (
                <Table label="Webhooks">
                  <thead>
                    <tr>
                      <Th className="w-full">Name</Th>
                      <Th>State</Th>
                      <Th>Told of</Th>
                      <Th n>Waiting</Th>
                      <Th n>Given up</Th>
                      <Th>
                        <span className="sr-only">Actions</span>
                      </Th>
                    </tr>
                  </thead>
                  <tbody>
                    {webhooks.map((webhook) => (
                      <Row key={webhook.id} webhook={webhook} onDo={setDoing} />
                    ))}
                  </tbody>
                </Table>
              )
            }
          </QueryView>
        </Panel>
        <DeliveryLog webhooks={list.data ?? []} />
      </div>
      {doing?.kind === "edit" && <WebhookDialog webhook={doing.webhook} onClose={close} onMade={(secret) => setDoing({ kind: "secret", secret })} />}
      {doing?.kind === "secret" && <SecretDialog secret={doing.secret} onClose={close} />}
      {doing?.kind === "remove" && <RemoveDialog webhook={doing.webhook} onClose={close} />}
      {doing?.kind === "rotate" && <RotateDialog webhook={doing.webhook} onClose={close} onMade={(secret) => setDoing({ kind: "secret", secret })} />}
    </>
  );
}

function Row({ webhook, onDo }: { webhook: Webhook; onDo: (doing: Doing) => void }) {
  const trpc = useTRPC();
  const test = useMutation(
    trpc.webhooks.test.mutationOptions({
      onSuccess: ({ status, error, tookMs }) =>
        error === null
          ? toast.ok(`${webhook.name} answered ${status} after ${Math.round(tookMs)} ms.`)
          : toast.error(`${webhook.name}: ${error}. It is tried again.`),
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  const { name, url, events, state, waiting, failed, leftOut } = webhook;
  return (
    <tr className="border-b border-line last:border-b-0" data-webhook={name}>
      <Td className="min-w-[200px]">
        <b>{name}</b> <span className="font-mono text-xs text-ink-3">{url}</span>
      </Td>
      <Td>
        {state === "paused" ? (
          <StatusChip tone="neutral">paused</StatusChip>
        ) : failed > 0 ? (
          <StatusChip tone="warn">some given up</StatusChip>
        ) : (
          <StatusChip tone="ok">active</StatusChip>
        )}
      </Td>
      <Td>{events.length === 1 ? events[0] : `${events.length} kinds of event`}</Td>
      <Td n>{waiting}</Td>
      <Td n title={leftOut > 0 ? `${leftOut} more were left out, because too many waited` : undefined}>
        {failed}
        {leftOut > 0 && ` + ${leftOut} left out`}
      </Td>
      <Td>
        <span className="flex gap-1">
          <Button size="small" busy={test.isPending} onClick={() => test.mutate({ id: webhook.id })} aria-label={`Test ${name}`}>
            Test
          </Button>
          <Button size="small" variant="ghost" onClick={() => onDo({ kind: "edit", webhook })} aria-label={`Edit ${name}`}>
            Edit…
          </Button>
          <Button size="small" variant="ghost" onClick={() => onDo({ kind: "rotate", webhook })} aria-label={`New secret for ${name}`}>
            New secret…
          </Button>
          <Button size="small" variant="ghost" onClick={() => onDo({ kind: "remove", webhook })} aria-label={`Remove ${name}`}>
            Remove…
          </Button>
        </span>
      </Td>
    </tr>
  );
}

function RemoveDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.webhooks.remove.mutationOptions({ onSuccess: onClose }));
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      danger
      title={`Remove the webhook “${webhook.name}”?`}
      description={`Nothing is sent to it any more; ${webhook.waiting} waiting messages and its log go too.`}
      confirmLabel="Remove"
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ id: webhook.id })}
    >
      {remove.isError && (
        <Note tone="bad" role="alert">
          Nothing was changed. {describeError(remove.error).message}
        </Note>
      )}
    </ConfirmDialog>
  );
}

function RotateDialog({ webhook, onClose, onMade }: { webhook: Webhook; onClose: () => void; onMade: (secret: string) => void }) {
  const trpc = useTRPC();
  const rotate = useMutation(trpc.webhooks.rotateSecret.mutationOptions({ onSuccess: ({ secret }) => onMade(secret) }));
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Make a new secret for “${webhook.name}”?`}
      description="For a day every message is signed with the new one and the one before; then only the new one is valid."
      confirmLabel="Make a new secret"
      busy={rotate.isPending}
      onConfirm={() => rotate.mutate({ id: webhook.id })}
    >
      {rotate.isError && (
        <Note tone="bad" role="alert">
          Nothing was changed. {describeError(rotate.error).message}
        </Note>
      )}
    </ConfirmDialog>
  );
}
