import { AuditEventPage } from "#components/audit/AuditEventPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <AuditEventPage id={(await params).id} />;
}
