import { DELIVERED, type Exporter } from "./exporter.ts";

/** Takes everything and keeps nothing: for measuring, and for trying out a policy without a backend. */
export function createDiscardExporter(): Exporter {
  const delivered = Promise.resolve(DELIVERED);
  return {
    failure: { exhausted: "retry_exhausted", permanent: "permanent_error" },
    export: () => delivered,
    close: () => Promise.resolve(),
  };
}
