import { NewDestinationPage } from "#components/destination/NewDestinationPage.tsx";

export default function Page() {
  return <NewDestinationPage />;
}
