import type { CellFigures, Spread } from "./figures.ts";
import type { Cell } from "./measurePeer.ts";
import { type Peer, WORK_WORDS } from "./works.ts";

export type CellReport = Cell & { figures: Partial<Record<Peer, CellFigures>> };
type Column = [title: string, of: (figures: CellFigures) => Spread, shown: (value: number) => string, better: "less" | "more"];

const PEERS: readonly Peer[] = ["headgate", "otelcol"];
export const PEER_WORDS: Record<Peer, string> = { headgate: "Headgate", otelcol: "OpenTelemetry Collector" };

const digits = (value: number) => (value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(value >= 10 ? 3 : 2));
const megabytes = (bytes: number) => String(Math.round(bytes / 1e6));
const COLUMNS: readonly Column[] = [
  ["CPU-s per million", ({ cpuSecondsPerMillion }) => cpuSecondsPerMillion, digits, "less"],
  ["peak RSS MB", ({ peakRssBytes }) => peakRssBytes, megabytes, "less"],
  ["P50 ms", ({ p50Ms }) => p50Ms, digits, "less"],
  ["P99 ms", ({ p99Ms }) => p99Ms, digits, "less"],
  ["spans/s", ({ spansPerSecond }) => spansPerSecond, digits, "more"],
];

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const head = (titles: readonly string[]) => [line(titles), line(titles.map(() => "---"))];

function cellTitle({ work, protocol, rate }: Cell): string {
  return `${WORK_WORDS[work]}, ${protocol === "grpc" ? "gRPC" : "HTTP"}, ${rate === 0 ? "flat out" : `${rate / 1000}k/s`}`;
}

function shownSpread({ median, min, max }: Spread, shown: (value: number) => string): string {
  return shown(min) === shown(max) ? shown(median) : `${shown(median)} (${shown(min)}–${shown(max)})`;
}

/** What each costs, one row for each cell and peer, the ratio of the medians with it; Markdown. */
export function costTable(reports: readonly CellReport[]): string {
  const rows = reports.flatMap((report) =>
    PEERS.flatMap((peer) => {
      const figures = report.figures[peer];
      if (figures === undefined) return [];
      const own = report.figures.headgate;
      const cells = COLUMNS.map(([, of, shown]) => {
        const text = shownSpread(of(figures), shown);
        return peer === "headgate" || own === undefined ? text : `${text} ×${digits(of(figures).median / of(own).median)}`;
      });
      const core = `${Math.round(figures.coreShare.median * 100)}%`;
      return [line([peer === "headgate" || own === undefined ? cellTitle(report) : "", PEER_WORDS[peer], ...cells, core])];
    }),
  );
  return [...head(["work", "", ...COLUMNS.map(([title]) => title), "of its core"]), ...rows].join("\n");
}

/** What became of the spans, over all runs of a cell; Markdown. */
export function lossTable(reports: readonly CellReport[]): string {
  const rows = reports.flatMap((report) =>
    PEERS.flatMap((peer) => {
      const figures = report.figures[peer];
      if (figures === undefined) return [];
      const { acknowledged, refused, arrived, promised, missing, twice, unknown, ownCounts } = figures;
      const own = Object.entries(ownCounts).filter(([, count]) => count > 0);
      const counts = [acknowledged, refused, promised, missing, twice + unknown].map((count) => count.toLocaleString("en"));
      const kept = `${((100 * arrived) / acknowledged).toPrecision(3)}%`;
      return [line([cellTitle(report), PEER_WORDS[peer], ...counts, kept, own.map(([name, count]) => `${name} ${count.toLocaleString("en")}`).join(", ")])];
    }),
  );
  return [...head(["work", "", "acknowledged", "refused", "has to arrive", "lost", "twice or unknown", "arrived", "its own counts"]), ...rows].join("\n");
}

/** A sentence for each figure in which the reference is ahead by more than a twentieth. */
export function whereReferenceWins(reports: readonly CellReport[]): string[] {
  return reports.flatMap((report) => {
    const { headgate, otelcol } = report.figures;
    if (headgate === undefined || otelcol === undefined) return [];
    return COLUMNS.flatMap(([title, of, shown, better]) => {
      const [ours, theirs] = [of(headgate).median, of(otelcol).median];
      // In an open loop both are given the same rate.
      const isAhead = better === "less" ? theirs < ours * 0.95 : theirs > ours * 1.05;
      return isAhead ? [`${cellTitle(report)}: ${title} ${shown(theirs)} against ${shown(ours)}`] : [];
    });
  });
}
