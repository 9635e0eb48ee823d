import Link from "next/link";
import { Note } from "#components/ui/Note.tsx";
import type { CollectorRow } from "#domain/telemetry/live.ts";

/** On a collector's page, while a rollout of its group is under way: whether it is in it, and with which stage. */
export function CollectorRolloutNote({ rollout }: { rollout: CollectorRow["rollout"] }) {
  if (rollout === null) return null;
  const link = (
    <Link href={`/rollouts/${rollout.number}`} className="font-semibold underline decoration-line-strong underline-offset-[3px]">
      rollout {rollout.number}
    </Link>
  );
  return (
    <Note role="status" className="mb-3">
      {rollout.stage === null ? (
        <>
          <b>Not yet in</b> {link}: it runs what ran before, and is compared with those that are changed.
        </>
      ) : (
        <>
          <b>In stage {rollout.stage + 1}</b> of {link}.
        </>
      )}
    </Note>
  );
}
