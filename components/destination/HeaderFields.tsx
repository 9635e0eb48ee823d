"use client";

import { Plus, X } from "lucide-react";
import { Button } from "#components/ui/Button.tsx";
import { Input } from "#components/ui/Input.tsx";
import { HEADERS_MAX } from "#domain/pipeline/exportSettings.ts";
import type { HeaderEdit, HeaderRows } from "./headerEdits.ts";

type HeaderFieldsProps = { headers: HeaderRows; problemAt: (path: string) => string | undefined; readOnly: boolean; onEdit: (edit: HeaderEdit) => void };

/** Names are read and written; values only written. A stored one says that it is set and can be replaced. */
export function HeaderFields({ headers, problemAt, readOnly, onEdit }: HeaderFieldsProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-[550]">Headers</legend>
      <p className="mb-2 text-s text-ink-3">Sent with every request, for example an API key. Values are stored encrypted and never shown again.</p>
      {headers.rows.length === 0 && readOnly && <p className="text-ink-3">none</p>}
      <ul className="flex flex-col gap-2">
        {headers.rows.map((row, index) => {
          const nameProblem = problemAt(`headers[${index}].name`);
          const valueProblem = problemAt(`headers[${index}].value`);
          const label = row.name === "" ? `header ${index + 1}` : row.name;
          return (
            <li key={row.id}>
              <div className="flex flex-wrap items-center gap-2">
                {row.stored || readOnly ? (
                  <span className="w-full truncate font-mono text-s sm:w-[200px]">{row.name}</span>
                ) : (
                  <Input
                    mono
                    className="w-full sm:w-[200px]"
                    aria-label={`Name of ${label}`}
                    placeholder="x-api-key"
                    invalid={nameProblem !== undefined}
                    aria-describedby={nameProblem === undefined ? undefined : `header-${row.id}-problem`}
                    value={row.name}
                    onChange={(event) => onEdit({ kind: "name", id: row.id, name: event.target.value })}
                  />
                )}
                {row.value === null ? (
                  <span className="flex-1 text-ink-3">set, hidden</span>
                ) : (
                  <Input
                    mono
                    type="password"
                    autoComplete="new-password"
                    className="min-w-[140px] flex-1"
                    aria-label={`Value of ${label}`}
                    placeholder={row.stored ? "new value" : "value"}
                    invalid={valueProblem !== undefined}
                    aria-describedby={valueProblem === undefined ? undefined : `header-${row.id}-problem`}
                    value={row.value}
                    onChange={(event) => onEdit({ kind: "value", id: row.id, value: event.target.value })}
                  />
                )}
                {!readOnly && row.stored && (
                  <Button
                    size="small"
                    variant="ghost"
                    onClick={() => onEdit({ kind: row.value === null ? "replace" : "keep", id: row.id })}
                    aria-label={`${row.value === null ? "Replace" : "Keep the old one:"} the value of ${label}`}
                  >
                    {row.value === null ? "Replace" : "Keep the old one"}
                  </Button>
                )}
                {!readOnly && (
                  <Button size="icon" variant="ghost" aria-label={`Remove ${label}`} onClick={() => onEdit({ kind: "remove", id: row.id })}>
                    <X aria-hidden />
                  </Button>
                )}
              </div>
              {(nameProblem ?? valueProblem) !== undefined && (
                <p id={`header-${row.id}-problem`} role="alert" className="mt-1 text-s text-bad">
                  {nameProblem === undefined ? `value ${valueProblem}` : `name ${nameProblem}`}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {problemAt("headers") !== undefined && (
        <p role="alert" className="mt-1 text-s text-bad">
          {problemAt("headers")}
        </p>
      )}
      {!readOnly && (
        <Button size="small" className="mt-2" icon={<Plus aria-hidden />} disabled={headers.rows.length >= HEADERS_MAX} onClick={() => onEdit({ kind: "add" })}>
          Add header
        </Button>
      )}
    </fieldset>
  );
}
