import { SignInPage } from "#components/sign-in/SignInPage.tsx";

export default function Page() {
  return <SignInPage />;
}
