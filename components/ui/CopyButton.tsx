"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { buttonClass } from "./Button.tsx";
import { toast } from "./toast.ts";

type CopyButtonProps = {
  text: string;
  label?: string /** What is copied, for screen readers: "the command". */;
  what?: string;
  iconOnly?: boolean;
  className?: string;
};

export function CopyButton({ text, label = "Copy", what, iconOnly = false, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    if (await copyText(text)) setCopied(true);
    else toast.error("The browser did not allow copying. Select the text and copy it by hand.");
  };
  return (
    <button
      type="button"
      data-slot="copy"
      aria-label={copied ? "Copied" : `${label}${what === undefined ? "" : ` ${what}`}`}
      onClick={copy}
      className={buttonClass("default", "small", className)}
    >
      {copied ? <Check aria-hidden className="text-ok" /> : <Copy aria-hidden />}
      {!iconOnly && (copied ? "Copied" : label)}
    </button>
  );
}

/** The clipboard interface exists only on https and localhost; elsewhere a hidden text area still works. */
async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch (error) {
    console.warn("clipboard refused, trying the older way", error);
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
