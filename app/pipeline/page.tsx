import { PipelineList } from "#components/pipeline/PipelineList.tsx";

export default function Page() {
  return <PipelineList />;
}
