import { formatCount } from "#components/format/formatNumber.ts";
import type { LedgerView } from "#domain/telemetry/live.ts";

/** The sum that accounts for every span since the start of the process. */
export function LedgerLine({ ledger }: { ledger: LedgerView }) {
  const { received, recovered, sampledOut, waiting, queued, delivered, dropped, balanced } = ledger;
  const parts = [`${formatCount(sampledOut)} sampled out`];
  if (waiting > 0) parts.push(`${formatCount(waiting)} waiting for their trace`);
  parts.push(`${formatCount(queued)} queued`, `${formatCount(delivered)} delivered`, `${formatCount(dropped)} dropped`);
  return (
    <p className="num border-t border-line px-3 py-2 text-s text-ink-2">
      Since its start: {formatCount(received)} received
      {recovered > 0 && `, ${formatCount(recovered)} of them back from the log,`} = {parts.join(" + ")}.{" "}
      {balanced ? "The ledger balances." : <b className="text-bad">The ledger does not balance: spans are not all accounted for.</b>}
    </p>
  );
}
