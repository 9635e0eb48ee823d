import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Else a lock file in a folder above would make that one the root.
  turbopack: { root: import.meta.dirname },
  // Types are checked by `npm run verify`; Next's own check needs an older compiler interface.
  typescript: { ignoreBuildErrors: true },
  // The custom server sets every header, compresses nothing it streams, and answers /trpc and /api before Next sees them.
  compress: true,
  productionBrowserSourceMaps: false,
  experimental: { optimizePackageImports: ["radix-ui", "lucide-react"] },
};

export default config;
