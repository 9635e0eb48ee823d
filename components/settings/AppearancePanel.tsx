"use client";

import { useEffect, useState } from "react";
import { applyTheme, currentTheme, type Theme } from "#components/shell/theme.ts";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";

const OPTIONS: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "Like the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function AppearancePanel() {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(currentTheme()), []);
  return (
    <Panel title="Appearance" aside={<span className="text-s text-ink-3">in this browser</span>}>
      <Segmented
        aria-label="Theme"
        value={theme}
        options={OPTIONS}
        onValueChange={(next) => {
          applyTheme(next);
          setTheme(next);
        }}
      />
    </Panel>
  );
}
