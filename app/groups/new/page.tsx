import { NewGroupPage } from "#components/groups/NewGroupPage.tsx";

export default function Page() {
  return <NewGroupPage />;
}
