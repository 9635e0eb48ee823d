/** The page with the dialog open; what it is about can be given. */
export function breakGlassHref({ service, selector }: { service?: string; selector?: string } = {}): string {
  const search = new URLSearchParams({ new: "" });
  if (service) search.set("service", service);
  if (selector) search.set("selector", selector);
  return `/break-glass?${search}`;
}
