import { AuditPage } from "#components/audit/AuditPage.tsx";

export default function Page() {
  return <AuditPage />;
}
