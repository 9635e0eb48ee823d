"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { CreateTokenDialog } from "./CreateTokenDialog.tsx";
import { TokenTable } from "./TokenTable.tsx";

/** Enrolment tokens: with one, a collector introduces itself once and gets a credential of its own. */
export function TokensPage() {
  const trpc = useTRPC();
  const mayAdmin = useMay("admin");
  const tokens = useQuery(trpc.fleet.tokens.queryOptions());
  const [creating, setCreating] = useState(false);
  const create = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
      Create token
    </Button>
  );
  return (
    <>
      <PageHead
        title="Enrolment tokens"
        crumbs={[{ label: "Fleet", href: "/fleet" }, { label: "Enrolment tokens" }]}
        sub="A collector enrols once with a token and gets a credential of its own. Revoking a token stops new ones, not those that have enrolled."
        actions={mayAdmin && create}
      />
      {!mayAdmin && (
        <Note className="mb-3" role="status">
          <b>Read-only.</b> Tokens are created and revoked by admins.
        </Note>
      )}
      <Panel title="Tokens" flush>
        <QueryView query={tokens} what="The list of tokens" skeleton={<SkeletonRows rows={3} columns={6} />}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title="There is no token yet" actions={mayAdmin && create}>
                Create one and start a collector with the command that comes with it.
              </EmptyState>
            ) : (
              <TokenTable tokens={rows} mayRevoke={mayAdmin} />
            )
          }
        </QueryView>
      </Panel>
      {creating && <CreateTokenDialog onClose={() => setCreating(false)} />}
    </>
  );
}
