import { matchesSelector, parseSelector } from "#domain/fleet/selector.ts";
import type { Transaction } from "../../db/database.ts";
import { labelsOf } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";

/** A selector that matches no collector, or all of them, is more often a slip than meant: CONFLICT with the counts, unless it was confirmed. */
export async function askAboutSelector(tx: Transaction, text: string): Promise<void> {
  const parsed = parseSelector(text);
  const rows = await tx.collector.findMany({ select: { ownLabels: true, editedLabels: true } });
  const matched = parsed.ok ? rows.filter((row) => matchesSelector(parsed.selector, labelsOf(row))).length : 0;
  const question = selectorQuestion(matched, rows.length);
  if (question !== null)
    throw new AppError("CONFLICT", `${question}; nothing was saved. Confirm it if that is meant`, { conflict: { matched, total: rows.length } });
}

function selectorQuestion(matched: number, total: number): string | null {
  if (total === 0) return null;
  if (matched === 0) return `the selector matches none of the ${total} collectors`;
  return matched === total ? `the selector matches all ${total} collectors` : null;
}
