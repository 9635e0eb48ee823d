import { formatBytes } from "#components/format/formatBytes.ts";
import { formatCompact } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { type Cell, type Outcomes, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import { shareText } from "./shareText.ts";

/** What the two did with the same spans: kept by both, by one alone, by neither. */
export function DisagreementMatrix({ total }: { total: Outcomes }) {
  const all = Math.max(1, spansOf(total));
  const shown = ({ spans, bytes }: Cell, differs: boolean) => (
    <Td n className={differs && spans > 0 ? "bg-selected py-1 leading-tight" : "py-1 leading-tight"}>
      <b>{shareText(spans / all)}</b>
      <br />
      <span className="text-s text-ink-3">
        {formatCompact(spans)} · {formatBytes(bytes)}
      </span>
    </Td>
  );
  return (
    <Panel title="Where they disagree" aside={<span className="text-s text-ink-3">of spans</span>} flush>
      <Table label="Where they disagree">
        <thead>
          <tr>
            <Th>Now</Th>
            <Th n>Candidate keeps</Th>
            <Th n>Candidate drops</Th>
          </tr>
        </thead>
        <tbody>
          <Tr>
            <Td>keeps</Td>
            {shown(total.both, false)}
            {shown(total.liveOnly, true)}
          </Tr>
          <Tr>
            <Td>drops</Td>
            {shown(total.candidateOnly, true)}
            {shown(total.neither, false)}
          </Tr>
        </tbody>
      </Table>
    </Panel>
  );
}
