"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "#components/data/trpc.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { TEMPLATES } from "./templates.ts";

/** What a new policy can begin with: a template, or a copy of one that is there. */
export function CreateFrom() {
  const trpc = useTRPC();
  const policies = useQuery(trpc.policies.list.queryOptions());
  const choices = [
    ...TEMPLATES.map((template) => ({ href: `/sampling/new?from=${template.id}`, title: template.title, about: template.about })),
    ...(policies.data ?? []).map((policy) => ({
      href: `/sampling/new?from=${policy.id}`,
      title: `Copy of ${policy.name}`,
      about: `v${policy.currentVersion}, ${policy.tierCount} ${policy.tierCount === 1 ? "tier" : "tiers"}`,
    })),
  ];
  return (
    <Panel title="Begin with" flush className="max-w-[720px]">
      <ul className="border-t border-line">
        {choices.map((choice) => (
          <li key={choice.href} className="border-b border-line last:border-b-0">
            <Link href={choice.href} className="block px-3 py-2.5 hover:bg-hover">
              <b>{choice.title}</b>
              <span className="block text-ink-2">{choice.about}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
