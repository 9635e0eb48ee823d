import type { ReactNode } from "react";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatPercent, formatRate } from "#components/format/formatNumber.ts";
import { secondsWords } from "#components/rollouts/plan/planWords.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";

const cores = (value: number | null) => (value === null ? "—" : value.toFixed(2));

/** Of a completed rollout: what was forecast beside what came. */
export function OutcomePanel({ view: { outcome, forecast } }: { view: Pick<RolloutView, "outcome" | "forecast"> }) {
  if (outcome === null) return null;
  const { keptShare, spansPerS, costMicroUsdPerHour, cpuCores, overMs } = outcome;
  const range = forecast === null ? null : `${formatPercent(forecast.low)}–${formatPercent(forecast.high)}`;
  return (
    <Panel title="Forecast and what came" flush aside={<span className="text-s text-ink-3">over {secondsWords(Math.round(overMs / 1_000))}</span>}>
      <Table label="Forecast and what came">
        <thead>
          <tr>
            <Th className="w-full">Figure</Th>
            <Th n>Before</Th>
            <Th n>Forecast</Th>
            <Th n>Came</Th>
            <Th n>Off by</Th>
          </tr>
        </thead>
        <tbody>
          <Line
            label="Kept share"
            before={formatPercent(keptShare.before)}
            forecast={range ?? "—"}
            came={formatPercent(keptShare.came)}
            error={offWords(keptShare.error)}
          />
          <Line label="Received, spans/s" before={formatRate(spansPerS.before)} came={formatRate(spansPerS.came)} />
          <Line label="Cost per hour" before={formatMicroUsd(costMicroUsdPerHour.before)} came={formatMicroUsd(costMicroUsdPerHour.came)} />
          <Line label="CPU, cores" before={cores(cpuCores.before)} came={cores(cpuCores.came)} />
        </tbody>
      </Table>
    </Panel>
  );
}

function Line({
  label,
  before,
  forecast = "—",
  came,
  error = "—",
}: {
  label: string;
  before: ReactNode;
  forecast?: ReactNode;
  came: ReactNode;
  error?: ReactNode;
}) {
  return (
    <Tr>
      <Td>{label}</Td>
      <Td n>{before}</Td>
      <Td n>{forecast}</Td>
      <Td n className="font-semibold">
        {came}
      </Td>
      <Td n>{error}</Td>
    </Tr>
  );
}

/** Of what was forecast, as its share: −10% is a tenth less than expected. */
function offWords(error: number | null): string {
  return error === null ? "—" : `${error > 0 ? "+" : ""}${formatPercent(error)}`;
}
