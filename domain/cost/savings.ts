import { type Bill, type BillInput, type BillLine, computeBill } from "./bill.ts";
import type { Category } from "./costModel.ts";
import { modelWithout, withoutSampling } from "./counterfactual.ts";
import { sumMicro } from "./money.ts";

export type ComponentSavings = { componentId: string; name: string; category: Category; withoutMicro: number; withMicro: number; savedMicro: number };
/** A step of the waterfall: what the bill is after it, and by how much it changed it. */
export type SavingsStep = { componentId: string; name: string; category: Category; changeMicro: number; afterMicro: number };

export type Savings = {
  without: Bill;
  with: Bill;
  /** Net: the collectors' own cost and the moves' are in the bill with. May be negative. */
  savedMicro: number;
  /** Of the bill without; null where that is 0. */
  savedShare: number | null;
  components: ComponentSavings[];
  /** From the bill without to the bill with, the largest savings first, then what was added. They add up exactly. */
  steps: SavingsStep[];
};

/** Both bills by the same formula on the same measurements: as it was, and with everything kept and hot. */
export function computeSavings(input: BillInput): Savings {
  const actual = computeBill(input);
  const without = computeBill({ ...input, model: modelWithout(input.model), slices: input.slices.map(withoutSampling) });
  const before = new Map(without.lines.map((line) => [line.componentId, line.micro]));
  const components = actual.lines.map((line): ComponentSavings => {
    const withoutMicro = before.get(line.componentId) ?? 0;
    return { ...aboutLine(line), withoutMicro, withMicro: line.micro, savedMicro: withoutMicro - line.micro };
  });
  const savedMicro = without.micro - actual.micro;
  return {
    without,
    with: actual,
    savedMicro,
    savedShare: without.micro === 0 ? null : savedMicro / without.micro,
    components,
    steps: stepsOf(without.micro, components),
  };
}

function stepsOf(fromMicro: number, components: readonly ComponentSavings[]): SavingsStep[] {
  const changed = components.filter(({ savedMicro }) => savedMicro !== 0);
  const inOrder = changed.toSorted((a, b) => b.savedMicro - a.savedMicro);
  let at = fromMicro;
  return inOrder.map(({ componentId, name, category, savedMicro }) => {
    at = sumMicro([at, -savedMicro]);
    return { componentId, name, category, changeMicro: 0 - savedMicro, afterMicro: at };
  });
}

function aboutLine({ componentId, name, category }: BillLine) {
  return { componentId, name, category };
}
