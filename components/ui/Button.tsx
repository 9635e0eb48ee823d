"use client";

import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

export type ButtonVariant = "default" | "primary" | "ghost" | "danger";
export type ButtonSize = "default" | "small" | "icon";

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-[7px] whitespace-nowrap rounded-control border font-[450] select-none transition-colors duration-75 disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:size-[14px] [&_svg]:shrink-0";

const VARIANTS: Record<ButtonVariant, string> = {
  default: "border-line-strong/70 bg-raised text-ink hover:bg-hover",
  primary: "border-accent bg-accent font-[550] text-on-accent hover:brightness-95",
  ghost: "border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border-[color-mix(in_srgb,var(--bad)_35%,var(--line))] bg-raised text-bad hover:bg-bad-soft",
};

const SIZES: Record<ButtonSize, string> = {
  default: "h-[30px] px-2.5 text-base",
  small: "h-[24px] px-2 text-s",
  icon: "size-[30px] text-base",
};

export function buttonClass(variant: ButtonVariant = "default", size: ButtonSize = "default", extra?: string): string {
  return cx(BASE, VARIANTS[variant], SIZES[size], extra);
}

type ButtonProps = ComponentProps<"button"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows a spinner and takes no further clicks; the label stays, so the width does too. */
  busy?: boolean;
  icon?: ReactNode;
};

export function Button({ variant, size, busy = false, icon, className, children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      data-slot="button"
      type={type}
      className={buttonClass(variant, size, className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  );
}

type ButtonLinkProps = ComponentProps<typeof Link> & { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode };

/** A link that looks like a button: for going somewhere, never for changing something. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link data-slot="button" className={buttonClass(variant, size, className)} {...rest}>
      {icon}
      {children}
    </Link>
  );
}
