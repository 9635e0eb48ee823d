import { NewPolicyPage } from "#components/sampling/NewPolicyPage.tsx";

export default function Page() {
  return <NewPolicyPage />;
}
