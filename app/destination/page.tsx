import { DestinationList } from "#components/destination/DestinationList.tsx";

export default function Page() {
  return <DestinationList />;
}
