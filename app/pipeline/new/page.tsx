import { NewPipelinePage } from "#components/pipeline/NewPipelinePage.tsx";

export default function Page() {
  return <NewPipelinePage />;
}
