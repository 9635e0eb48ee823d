import { BreakGlassPage } from "#components/break-glass/BreakGlassPage.tsx";

export default function Page() {
  return <BreakGlassPage />;
}
