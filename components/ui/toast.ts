import { toast as sonner } from "sonner";

type ToastOptions = { description?: string; action?: { label: string; onClick: () => void } };

/** Short news about something the person just did. Problems that stay belong on the page, not in here. */
export const toast = {
  ok: (message: string, options?: ToastOptions) => sonner.success(message, options),
  info: (message: string, options?: ToastOptions) => sonner.info(message, options),
  error: (message: string, options?: ToastOptions) => sonner.error(message, { duration: 10_000, ...options }),
};
