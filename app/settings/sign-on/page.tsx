import { SignOnPage } from "#components/sign-on/SignOnPage.tsx";

export default function Page() {
  return <SignOnPage />;
}
