"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay, useMe } from "#components/data/useMe.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { ApiTokenTable } from "./ApiTokenTable.tsx";
import { apiTokenState } from "./apiTokenState.ts";
import { CreateApiTokenDialog } from "./CreateApiTokenDialog.tsx";

const SHOWN = [
  { value: "good", label: "In use" },
  { value: "ended", label: "Ended" },
] as const;
type Shown = (typeof SHOWN)[number]["value"];

/** What programs call the API with: the reader's own tokens, for admins everybody's. `?shown=ended`: those that expired or were revoked. */
export function ApiTokensPage() {
  const trpc = useTRPC();
  const { data: me } = useMe();
  const mayAdmin = useMay("admin");
  const list = useQuery(trpc.apiTokens.list.queryOptions());
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useShown();
  const make = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
      Make a token
    </Button>
  );
  return (
    <>
      <PageHead
        title="API tokens"
        crumbs={[{ label: "Settings", href: "/settings" }, { label: "API tokens" }]}
        sub={
          mayAdmin
            ? "A token calls the API in its owner's name, within its scopes and never beyond the owner's role. Admins see everybody's."
            : "A token calls the API in your name, within its scopes and never beyond your role."
        }
        actions={make}
      />
      <Panel
        title="Tokens"
        flush
        actions={<Segmented size="small" aria-label="Which tokens are listed" value={shown} onValueChange={setShown} options={SHOWN} />}
      >
        <QueryView query={list} what="The list of API tokens" skeleton={<SkeletonRows rows={3} columns={7} />}>
          {({ tokens, leftOut }) => {
            const nowMs = Date.now();
            const rows = tokens.filter((token) => apiTokenState(token, nowMs).ended === (shown === "ended"));
            return (
              <>
                {rows.length > 0 && <ApiTokenTable tokens={rows} ownId={me?.id} />}
                {rows.length === 0 && shown === "good" && (
                  <EmptyState title="No token is in use" actions={make}>
                    A program needs one to call the API. It is shown once, expires by itself, and can be revoked at any time.
                  </EmptyState>
                )}
                {rows.length === 0 && shown === "ended" && (
                  <EmptyState title="No token has ended" actions={<Button onClick={() => setShown("good")}>Show those in use</Button>}>
                    Tokens that expired or were revoked stay here to be looked up.
                  </EmptyState>
                )}
                {leftOut > 0 && (
                  <Note tone="warn" className="m-3">
                    {leftOut} older {leftOut === 1 ? "token is" : "tokens are"} not listed; their owners see all of their own.
                  </Note>
                )}
              </>
            );
          }}
        </QueryView>
      </Panel>
      {creating && <CreateApiTokenDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function useShown(): readonly [Shown, (shown: Shown) => void] {
  const router = useRouter();
  const pathname = usePathname();
  const shown = useSearchParams().get("shown") === "ended" ? "ended" : "good";
  return [shown, (to) => router.replace(to === "ended" ? `${pathname}?shown=ended` : pathname, { scroll: false })];
}
