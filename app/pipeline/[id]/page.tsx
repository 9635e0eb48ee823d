import { PipelinePage } from "#components/pipeline/PipelinePage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <PipelinePage id={(await params).id} />;
}
