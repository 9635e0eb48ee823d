import { GroupPage } from "#components/groups/GroupPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <GroupPage id={(await params).id} />;
}
