import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatRate } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { Compared } from "#domain/sampling/compare/summariseComparison.ts";
import type { CompareFigures } from "./compareTypes.ts";
import { shareText } from "./shareText.ts";

/** What is expected of a month like this, with the bounds of chance. */
export function MonthPanel({ figures }: { figures: CompareFigures }) {
  const rows: { name: string; compared: Compared; format: (value: number) => string }[] = [
    { name: "Kept share", compared: figures.keptShare, format: shareText },
    { name: "Kept spans/s", compared: figures.keptSpansPerS, format: formatRate },
    { name: "Volume/month", compared: figures.bytesPerMonth, format: formatBytes },
    { name: "Cost/month", compared: figures.microUsdPerMonth, format: formatMicroUsd },
  ];
  return (
    <Panel title="Expected" aside={<span className="text-s text-ink-3">95% interval</span>} flush>
      <Table label="Expected">
        <thead>
          <tr>
            <Th>Figure</Th>
            <Th n>Now</Th>
            <Th n>Candidate</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, compared: { live, candidate }, format }) => (
            <Tr key={name}>
              <Td>{name}</Td>
              <Td n>{format(live.expected)}</Td>
              <Td n className="py-1 leading-tight">
                <b>{format(candidate.expected)}</b>
                <br />
                <span className="text-s text-ink-3">
                  {format(candidate.low)} to {format(candidate.high)}
                </span>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
