"use client";

import { useEffect, useState } from "react";
import { draftOfPlan, type PlanDraft, readPlan } from "#components/rollouts/plan/planDraft.ts";
import { useDraftStore } from "#components/versions/useDraftStore.ts";
import { DEFAULT_PLAN, rolloutPlanSchema } from "#domain/fleet/rollout/rolloutPlan.ts";

/** One plan for a person in a browser, so that it needs no bound of its own. */
const KEY = "headgate.rollout-plan";

/** The plan that is edited. It begins with the last one that this person left here, and is kept whenever it is one that can be started. */
export function useKeptPlan() {
  const store = useDraftStore();
  const [draft, setDraft] = useState<PlanDraft>(() => draftOfPlan(storedPlan(store.getItem(KEY))));
  const read = readPlan(draft);
  const text = read.plan === null ? null : JSON.stringify(read.plan);
  useEffect(() => {
    if (text === null) return;
    try {
      store.setItem(KEY, text);
    } catch (error) {
      console.warn("the browser keeps no plan", error);
    }
  }, [store, text]);
  return { draft, setDraft, ...read };
}

function storedPlan(text: string | null) {
  try {
    return text === null ? DEFAULT_PLAN : rolloutPlanSchema.parse(JSON.parse(text));
  } catch {
    return DEFAULT_PLAN;
  }
}
