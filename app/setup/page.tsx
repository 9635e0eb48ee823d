import { SetupPage } from "#components/sign-in/SetupPage.tsx";

export default function Page() {
  return <SetupPage />;
}
