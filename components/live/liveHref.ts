/** The Live page with what it is asked to show; an empty trace opens the field for one. */
export function liveHref({ collector = null, trace = null }: { collector?: string | null; trace?: string | null }): string {
  const search = new URLSearchParams();
  if (collector !== null) search.set("collector", collector);
  if (trace !== null) search.set("trace", trace);
  const text = search.toString();
  return text === "" ? "/live" : `/live?${text}`;
}
