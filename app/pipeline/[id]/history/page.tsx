import { PipelineHistoryPage } from "#components/pipeline/PipelineHistoryPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <PipelineHistoryPage id={(await params).id} />;
}
