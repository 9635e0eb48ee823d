import { ExportPage } from "#components/sampling/import/ExportPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ExportPage id={(await params).id} />;
}
