"use client";

import { useEffect, useState } from "react";

type ToYaml = (value: unknown) => string;
let loaded: ToYaml | undefined;

/** The YAML writer, loaded when the first text is wanted; undefined until then. */
export function useYaml(): ToYaml | undefined {
  const [write, setWrite] = useState<ToYaml | undefined>(() => loaded);
  useEffect(() => {
    if (loaded) return;
    let current = true;
    void import("./writeYaml.ts").then(({ writeYaml }) => {
      loaded = writeYaml;
      if (current) setWrite(() => loaded);
    });
    return () => {
      current = false;
    };
  }, []);
  return write;
}
