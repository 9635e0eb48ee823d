/** The reader's day: `29 Nov`, with the year when it is not this one. */
export function formatDay(atMs: number, nowMs = Date.now()): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return new Date(atMs).toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}
