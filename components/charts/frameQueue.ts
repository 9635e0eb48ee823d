export type FrameQueue = ReturnType<typeof createFrameQueue>;

/**
 * Spreads the drawing of many panels over frames, so that no second begins with one long task. A panel that asks again before its
 * turn keeps its place; `perFrame` panels draw in each frame.
 */
export function createFrameQueue(requestFrame: (run: () => void) => void, perFrame = 2) {
  const waiting = new Map<string, () => void>();
  let asked = false;

  function run() {
    asked = false;
    let left = perFrame;
    for (const [id, draw] of waiting) {
      if (left-- === 0) break;
      waiting.delete(id);
      draw();
    }
    if (waiting.size > 0) ask();
  }

  function ask() {
    if (asked) return;
    asked = true;
    requestFrame(run);
  }

  return {
    add(id: string, draw: () => void) {
      waiting.set(id, draw);
      ask();
    },
    remove(id: string) {
      waiting.delete(id);
    },
    size: () => waiting.size,
  };
}
