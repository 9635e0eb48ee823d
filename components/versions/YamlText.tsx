"use client";

import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { useYaml } from "./useYaml.ts";

/** A document as YAML, as a collector's file would have it. */
export function YamlText({ value, what }: { value: unknown; what: string }) {
  const toYaml = useYaml();
  return toYaml ? <CodeBlock text={toYaml(value).trimEnd()} what={what} /> : <Skeleton className="h-[120px] w-full" />;
}
