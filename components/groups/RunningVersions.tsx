import Link from "next/link";

export type RunningVersion = { kind: "sampling" | "export" | "pipeline"; id: string; name: string; version: number };

const PLACES = { sampling: "/sampling", export: "/destination", pipeline: "/pipeline" } as const;
const NOUNS = { sampling: "Policy", export: "Destination", pipeline: "Pipeline" } as const;

/** The versions that a group or a collector shall run, each a link to it. */
export function RunningVersions({ documents }: { documents: readonly RunningVersion[] }) {
  return (
    <dl>
      {documents.map((document) => (
        <div key={document.kind} className="flex min-h-[32px] items-center gap-3 border-b border-line px-3 py-1 last:border-b-0">
          <dt className="w-[88px] shrink-0 text-ink-3">{NOUNS[document.kind]}</dt>
          <dd className="min-w-0 break-words">
            <VersionLink document={document} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function VersionLink({ document: { kind, id, name, version } }: { document: RunningVersion }) {
  return (
    <Link href={`${PLACES[kind]}/${id}/versions/${version}`} className="underline decoration-line-strong underline-offset-[3px] hover:decoration-current">
      {name} <span className="num">v{version}</span>
    </Link>
  );
}
