"use client";

import { useRouter } from "next/navigation";
import { toast } from "#components/ui/toast.ts";
import { compareHref, type TriedOver } from "./compareHref.ts";
import { type DraftToTry, putDraftToTry } from "./draftToTry.ts";
import { TryMenu } from "./TryMenu.tsx";

type TryOnTrafficProps = Omit<DraftToTry, "policyId"> & { policyId: string | null; isNew: boolean };

/** Takes the policy as it stands in the editor to the Compare page. */
export function TryOnTraffic({ policyId, isNew, title, body }: TryOnTrafficProps) {
  const router = useRouter();
  const go = (over: TriedOver) => {
    const ofPolicy = isNew ? null : policyId;
    if (putDraftToTry({ policyId: ofPolicy, title: title.slice(0, 120), body }))
      router.push(compareHref({ ...(ofPolicy !== null && { policy: ofPolicy }), draft: true, over }));
    else toast.error("This browser has no room for the draft. Save it as a version, and try that.");
  };
  return <TryMenu onTry={go} />;
}
