import { ImportPage } from "#components/sampling/import/ImportPage.tsx";

export default function Page() {
  return <ImportPage />;
}
