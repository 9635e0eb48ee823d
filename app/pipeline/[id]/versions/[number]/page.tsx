import { notFound } from "next/navigation";
import { PipelineVersionPage } from "#components/pipeline/PipelineVersionPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string; number: string }> }) {
  const { id, number } = await params;
  if (!/^[1-9]\d{0,5}$/.test(number)) notFound();
  return <PipelineVersionPage id={id} number={Number(number)} />;
}
