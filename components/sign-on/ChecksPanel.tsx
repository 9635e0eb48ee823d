import { Panel } from "#components/ui/Panel.tsx";
import { SkeletonRows } from "#components/ui/Skeleton.tsx";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import type { ProviderCheck } from "#domain/auth/providerCheck.ts";

const TONES = { ok: "ok", bad: "bad", unsure: "warn" } as const;
const WORDS = { ok: "right", bad: "wrong", unsure: "can't be told" };

/** What a test of the provider found, one line each. */
export function ChecksPanel({ checks, busy }: { checks: readonly ProviderCheck[] | null; busy: boolean }) {
  return (
    <Panel title="Test">
      <div aria-live="polite" aria-busy={busy}>
        {busy ? (
          <SkeletonRows rows={4} columns={1} />
        ) : checks === null ? (
          <p className="text-ink-2">
            Not tested since the last change. A test asks the provider what it can do, reads its keys, and tries the client ID and secret; nobody is signed in.
          </p>
        ) : (
          <ul aria-label="What the test found" className="flex flex-col gap-2.5">
            {checks.map(({ what, result, message }) => (
              <li key={what} data-check={what} data-result={result}>
                <span className="flex items-center gap-2">
                  <b>{what}</b>
                  <StatusChip tone={TONES[result]}>{WORDS[result]}</StatusChip>
                </span>
                <p className="mt-0.5 break-words text-ink-2">{sentence(message)}</p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function sentence(text: string): string {
  const begun = /^https?:/.test(text) ? text : `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
  return `${begun}${/[.!?]$/.test(text) ? "" : "."}`;
}
