export type BatchSizing = { sizeMin: number; sizeMax: number; growWhenQueueAbove: number; shrinkWhenQueueBelow: number };

/** The size of the next batch, in spans: twice the present one while the queue is above the upper mark, half below the lower one, never outside the bounds. */
export function nextBatchSize({ sizeMin, sizeMax, growWhenQueueAbove, shrinkWhenQueueBelow }: BatchSizing, size: number, queuedSpans: number): number {
  const next = queuedSpans > growWhenQueueAbove ? size * 2 : queuedSpans < shrinkWhenQueueBelow ? Math.floor(size / 2) : size;
  return Math.min(sizeMax, Math.max(sizeMin, next));
}
