import { Panel } from "#components/ui/Panel.tsx";
import { Table, Td, Th, Tr } from "#components/ui/Table.tsx";
import { fieldChanges } from "#domain/audit/fieldChanges.ts";

/** What was and what is, field by field; nothing where there was and is nothing. */
export function ChangedFields({ before, after }: { before: unknown; after: unknown }) {
  const changes = fieldChanges(before, after);
  if (changes.length === 0) return null;
  return (
    <Panel title="Before and after" flush>
      <Table label="Before and after">
        <thead>
          <tr>
            <Th>Field</Th>
            <Th>Before</Th>
            <Th>After</Th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ path, before: was, after: is }) => (
            <Tr key={path}>
              <Td className="py-[6px] align-top font-mono text-s">{path === "" ? "value" : path}</Td>
              <Value value={was} className="text-ink-2" />
              <Value value={is} />
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Value({ value, className = "" }: { value: unknown; className?: string }) {
  return (
    <Td className={`min-w-[120px] py-[6px] align-top wrap-anywhere whitespace-pre-wrap! ${className}`}>
      {value === undefined || value === null ? <span className="text-ink-3">—</span> : typeof value === "string" ? value : JSON.stringify(value)}
    </Td>
  );
}
