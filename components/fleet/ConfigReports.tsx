import { CarryOverLine } from "#components/apply/CarryOverLine.tsx";
import { formatDate, formatMs } from "#components/format/formatDuration.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { StatusChip, type Tone } from "#components/ui/StatusChip.tsx";
import type { CarryOver } from "#domain/fleet/carryOver.ts";

type Report = {
  atMs: number;
  revision: number;
  state: "applying" | "applied" | "failed";
  failingPath: string | null;
  reason: string | null;
  logLines: string[];
  tookMs: number | null;
  carryOver: CarryOver | null;
};

const STATES: Record<Report["state"], { word: string; tone: Tone }> = {
  applying: { word: "applying", tone: "busy" },
  applied: { word: "applied", tone: "done" },
  failed: { word: "refused", tone: "bad" },
};

/** What it answered to each configuration it was given, newest first. */
export function ConfigReports({ reports }: { reports: readonly Report[] }) {
  return (
    <Panel title="Configurations it was given" flush>
      {reports.length === 0 ? (
        <EmptyState title="None yet">It answers to each configuration that is applied.</EmptyState>
      ) : (
        <ol className="relative max-h-[420px] overflow-y-auto border-t border-line">
          {reports
            .filter((report, index) => !isOvertaken(report, reports.slice(0, index)))
            .map((report) => (
              <li key={`${report.atMs} ${report.revision} ${report.state}`} className="border-b border-line px-3 py-2 last:border-b-0">
                <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                  <span className="num font-medium">revision {report.revision}</span>
                  <StatusChip tone={STATES[report.state].tone}>
                    {STATES[report.state].word}
                    {report.state === "applied" && report.tookMs !== null && <span className="num">in {formatMs(report.tookMs)}</span>}
                  </StatusChip>
                  <span className="num ml-auto text-s text-ink-3">{formatDate(report.atMs)}</span>
                </div>
                {report.carryOver && <CarryOverLine carryOver={report.carryOver} className="mt-1" />}
                {report.state === "failed" && (
                  <p className="mt-1 break-words text-bad">
                    {report.failingPath !== null && <span className="font-mono text-s">{report.failingPath}</span>}
                    {report.failingPath !== null && report.reason !== null && ": "}
                    {report.reason}
                  </p>
                )}
                {report.logLines.length > 0 && (
                  <details className="mt-1">
                    <summary className="text-s text-ink-2">
                      its last {report.logLines.length === 1 ? "log line" : `${report.logLines.length} log lines`}
                    </summary>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                    <pre tabIndex={0} className="mt-1 max-h-[180px] overflow-auto rounded-control border border-line bg-subtle px-2 py-1.5 font-mono text-xs">
                      {report.logLines.join("\n")}
                    </pre>
                  </details>
                )}
              </li>
            ))}
        </ol>
      )}
    </Panel>
  );
}

/** "Applying" says nothing any more once its end was reported. */
function isOvertaken(report: Report, newer: readonly Report[]): boolean {
  return report.state === "applying" && newer.some((other) => other.revision === report.revision && other.state !== "applying");
}
