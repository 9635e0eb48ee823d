import { GroupList } from "#components/groups/GroupList.tsx";

export default function Page() {
  return <GroupList />;
}
