"use client";

import { formatClock } from "#components/format/formatDuration.ts";
import { cx } from "#components/ui/cx.ts";
import { StatusChip } from "#components/ui/StatusChip.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { Gate } from "#domain/fleet/rollout/rollout.ts";
import type { GateView, RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { GATE_LABELS, GATE_STATES, gateValue, limitWords } from "./gateWords.ts";

type GateTableProps = { gates: readonly GateView[]; forecast: RolloutView["forecast"]; chosen: Gate; onChoose: (gate: Gate) => void };

/** Each gate with what it measures on the changed ones, against what, and how near the limit. A row chooses the chart. */
export function GateTable({ gates, forecast, chosen, onChoose }: GateTableProps) {
  const before = gates.some(({ against }) => against === "before");
  return (
    <Table label="Gates">
      <thead>
        <tr>
          <Th className="w-full">Gate</Th>
          <Th>State</Th>
          <Th n>Changed</Th>
          <Th n>{before ? "Before" : "Control"}</Th>
          <Th n>Limit</Th>
        </tr>
      </thead>
      <tbody>
        {gates.map((gate) => {
          const { tone, word } = GATE_STATES[gate.state];
          return (
            <Tr key={gate.gate} data-gate={gate.gate} data-state={gate.state} selected={gate.gate === chosen} onOpen={() => onChoose(gate.gate)}>
              <Td className="min-w-[150px]">
                <button type="button" className="min-h-[24px] text-left font-medium whitespace-normal hover:underline" onClick={() => onChoose(gate.gate)}>
                  {GATE_LABELS[gate.gate]}
                </button>
                {gate.note !== null && <span className="block pb-1 text-s whitespace-normal text-ink-3">{gate.note}</span>}
              </Td>
              <Td>
                <StatusChip tone={tone}>
                  {word}
                  {gate.sinceMs !== null && gate.state !== "pass" && gate.state !== "off" && (
                    <span className="num">since {formatClock(gate.sinceMs, true)}</span>
                  )}
                </StatusChip>
              </Td>
              <Td n className={cx(gate.state === "fail" && "font-semibold text-bad", gate.state === "near" && "text-warn")}>
                {gateValue(gate.gate, gate.changed)}
              </Td>
              <Td n>{gateValue(gate.gate, gate.control)}</Td>
              <Td n>{limitWords(gate, forecast)}</Td>
            </Tr>
          );
        })}
      </tbody>
    </Table>
  );
}
