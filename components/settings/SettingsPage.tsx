"use client";

import { useMay } from "#components/data/useMe.ts";
import { ButtonLink } from "#components/ui/Button.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { AboutPanel } from "./AboutPanel.tsx";
import { AppearancePanel } from "./AppearancePanel.tsx";
import { ApprovalPanel } from "./ApprovalPanel.tsx";
import { ChangesPanel } from "./ChangesPanel.tsx";
import { PeoplePanel } from "./PeoplePanel.tsx";
import { PricePanel } from "./PricePanel.tsx";
import { SessionsPanel } from "./SessionsPanel.tsx";
import { SignOnPanel } from "./SignOnPanel.tsx";

export function SettingsPage({ version }: { version: string }) {
  const mayAdmin = useMay("admin");
  return (
    <>
      <PageHead
        title="Settings"
        actions={
          <>
            {mayAdmin && <ButtonLink href="/settings/webhooks">Webhooks</ButtonLink>}
            <ButtonLink href="/settings/tokens">API tokens</ButtonLink>
          </>
        }
      />
      <div className="flex max-w-[980px] flex-col gap-3">
        {mayAdmin && <PeoplePanel />}
        <ApprovalPanel />
        <ChangesPanel />
        <SignOnPanel />
        <SessionsPanel />
        <PricePanel />
        <AppearancePanel />
        <AboutPanel version={version} />
      </div>
    </>
  );
}
