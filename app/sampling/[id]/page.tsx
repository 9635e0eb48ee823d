import { PolicyPage } from "#components/sampling/PolicyPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <PolicyPage id={(await params).id} />;
}
