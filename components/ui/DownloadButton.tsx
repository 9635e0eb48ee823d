"use client";

import { Download } from "lucide-react";
import { Button } from "./Button.tsx";

type DownloadButtonProps = { text: string; fileName: string /** What is in it, for screen readers: "the configuration". */; what: string; type?: string };

/** Hands a text to the browser as a file. */
export function DownloadButton({ text, fileName, what, type = "application/yaml" }: DownloadButtonProps) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName;
    link.click();
    // The browser has taken the text once the click is through.
    setTimeout(() => URL.revokeObjectURL(url));
  };
  return (
    <Button size="small" icon={<Download aria-hidden />} aria-label={`Download ${what} as ${fileName}`} onClick={download}>
      Download
    </Button>
  );
}
