"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC, useTRPCClient } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { ConfirmDialog } from "#components/ui/ConfirmDialog.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Kbd } from "#components/ui/Kbd.tsx";
import { Note } from "#components/ui/Note.tsx";
import { toast } from "#components/ui/toast.ts";
import { usePageKeys } from "#components/ui/usePageKeys.ts";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { ACTIONS, actionWords, type RolloutAction } from "./actionWords.ts";

/** What the reader may do with it now; each says what happens, and asks. */
export function RolloutActions({ view }: { view: RolloutView }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<RolloutAction | null>(null);
  const [message, setMessage] = useState("");
  const act = useMutation({
    mutationFn: (action: RolloutAction) => {
      const input = { number: view.number };
      const said = { ...input, ...(message.trim() !== "" && { message: message.trim() }) };
      return action === "pause" || action === "abort" ? client.rollouts[action].mutate(said) : client.rollouts[action].mutate(input);
    },
    onSuccess: (_, action) => {
      toast.ok(actionWords(action, view).done);
      close();
      void queries.invalidateQueries({ queryKey: trpc.rollouts.get.queryKey({ number: view.number }) });
    },
  });
  const close = () => {
    setAsking(null);
    setMessage("");
    act.reset();
  };
  const open = ACTIONS.filter((action) => view.may[action] === null);
  usePageKeys(Object.fromEntries(open.map((action) => [actionWords(action, view).key, () => setAsking(action)])));
  const words = asking === null ? null : actionWords(asking, view);
  return (
    <>
      {open.map((action) => {
        const { label, key, variant } = actionWords(action, view);
        return (
          <Button key={action} variant={variant} onClick={() => setAsking(action)}>
            {label}… <Kbd>{key}</Kbd>
          </Button>
        );
      })}
      {words && asking && (
        <ConfirmDialog
          open
          onOpenChange={(next) => !next && close()}
          title={words.title}
          description={words.meaning}
          confirmLabel={words.confirm}
          danger={asking === "abort"}
          busy={act.isPending}
          onConfirm={() => act.mutate(asking)}
        >
          {(asking === "pause" || asking === "abort") && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                act.mutate(asking);
              }}
            >
              <Field label="Why" optional hint="Stands in the log.">
                {(control) => <Input {...control} maxLength={500} value={message} onChange={(event) => setMessage(event.target.value)} />}
              </Field>
            </form>
          )}
          {act.isError && (
            <Note tone="bad" role="alert" className="mt-2">
              Nothing was changed. {describeError(act.error).message}
            </Note>
          )}
        </ConfirmDialog>
      )}
    </>
  );
}
