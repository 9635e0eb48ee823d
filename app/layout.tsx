import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { DataProvider } from "#components/data/DataProvider.tsx";
import { Shell } from "#components/shell/Shell.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { Toaster } from "#components/ui/Toaster.tsx";
import "./globals.css";

// Each answer carries its own nonce, so no page may be rendered ahead.
export const dynamic = "force-dynamic";

export const metadata: Metadata = { title: "Headgate", description: "Control plane of a fleet of trace collectors", icons: { icon: "/icon.svg" } };
export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Next takes the nonce for its own scripts from the request's content-security-policy header; reading headers keeps the page dynamic.
  await headers();
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme} suppressHydrationWarning>
      <body>
        <DataProvider>
          <Shell>{children}</Shell>
          <Toaster />
        </DataProvider>
      </body>
    </html>
  );
}
