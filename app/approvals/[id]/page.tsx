import { RequestPage } from "#components/approvals/RequestPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RequestPage id={(await params).id} />;
}
