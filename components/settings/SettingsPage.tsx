"use client";

import { useMay } from "#components/data/useMe.ts";
import { PageHead } from "#components/ui/PageHead.tsx";
import { AboutPanel } from "./AboutPanel.tsx";
import { AppearancePanel } from "./AppearancePanel.tsx";
import { PeoplePanel } from "./PeoplePanel.tsx";
import { PricePanel } from "./PricePanel.tsx";

export function SettingsPage({ version }: { version: string }) {
  const mayAdmin = useMay("admin");
  return (
    <>
      <PageHead title="Settings" />
      <div className="flex max-w-[980px] flex-col gap-3">
        {mayAdmin && <PeoplePanel />}
        <PricePanel />
        <AppearancePanel />
        <AboutPanel version={version} />
      </div>
    </>
  );
}
