import { formatDate } from "#components/format/formatDuration.ts";
import { Panel } from "#components/ui/Panel.tsx";
import type { Request } from "./RequestPage.tsx";

const DECIDED: Record<Request["state"], string> = {
  pending: "",
  applied: "Approved by",
  rejected: "Rejected by",
  withdrawn: "Withdrawn by",
  stale: "Closed by",
  expired: "Closed by",
};

/** Who, when and why. */
export function RequestFacts({ request }: { request: Request }) {
  const { message, groupName, askedByName, askedAtMs, expiresAtMs, decidedByName, decidedAtMs, reason, revision, state } = request;
  const facts: [string, string | null][] = [
    ["Asked by", `${askedByName}, ${formatDate(askedAtMs)}`],
    ["Message", message],
    ["Group", groupName],
    ["Open until", state === "pending" ? formatDate(expiresAtMs) : null],
    [DECIDED[state], decidedAtMs === null ? null : `${decidedByName ?? "Headgate"}, ${formatDate(decidedAtMs)}`],
    ["Reason", reason],
    ["Revision", revision === null ? null : String(revision)],
  ];
  return (
    <Panel title="Who and why">
      <dl className="grid grid-cols-[110px_minmax(0,1fr)] gap-x-2 gap-y-1.5">
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <div key={name} className="contents">
                <dt className="text-ink-2">{name}</dt>
                <dd className="wrap-anywhere">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Panel>
  );
}
