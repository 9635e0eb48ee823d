"use client";

import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { Select } from "#components/ui/Select.tsx";
import { ArchiveUse } from "./ArchiveUse.tsx";
import { SIZE_UNITS } from "./archiveSize.ts";
import type { DestinationDraft } from "./destinationDraft.ts";
import { HeaderFields } from "./HeaderFields.tsx";
import { editHeaders } from "./headerEdits.ts";
import { TlsFields } from "./TlsFields.tsx";
import { speaksTls } from "./tlsDraft.ts";

type DestinationFormProps = {
  draft: DestinationDraft;
  problemAt: (path: string) => string | undefined;
  readOnly: boolean;
  onChange: (draft: DestinationDraft) => void;
};

const KINDS = [
  { value: "otlp", label: "OTLP backend" },
  { value: "archive", label: "Local archive" },
  { value: "discard", label: "Discard" },
] as const;
const PROTOCOLS = [
  { value: "grpc", label: "gRPC" },
  { value: "http", label: "HTTP" },
] as const;
const COMPRESSIONS = [
  { value: "none", label: "none" },
  { value: "gzip", label: "gzip" },
  { value: "zstd", label: "zstd" },
] as const;

/** The fields of one kind of destination; the other kinds keep theirs meanwhile. */
export function DestinationForm({ draft, problemAt, readOnly, onChange }: DestinationFormProps) {
  const set = (patch: Partial<DestinationDraft>) => onChange({ ...draft, ...patch });
  return (
    <div className="flex max-w-[680px] flex-col gap-4">
      <Segmented
        aria-label="Kind of destination"
        value={draft.kind}
        onValueChange={(kind) => set({ kind })}
        options={KINDS.map((kind) => ({ ...kind, disabled: readOnly && kind.value !== draft.kind }))}
        className="self-start"
      />
      {draft.kind === "otlp" && (
        <>
          <div className="flex flex-wrap gap-4">
            <Field
              label="Endpoint"
              error={problemAt("endpoint")}
              hint={draft.protocol === "http" ? "With no path, /v1/traces is appended." : "http:// is plain text, https:// is TLS."}
              className="min-w-[240px] flex-1"
            >
              {(control) => (
                <Input
                  {...control}
                  mono
                  type="url"
                  inputMode="url"
                  readOnly={readOnly}
                  placeholder={draft.protocol === "http" ? "http://127.0.0.1:4318" : "http://127.0.0.1:4317"}
                  value={draft.endpoint}
                  onChange={(event) => set({ endpoint: event.target.value })}
                />
              )}
            </Field>
            <div className="flex flex-col gap-1">
              <span className="font-[550]">Protocol</span>
              <Segmented
                aria-label="Protocol"
                value={draft.protocol}
                onValueChange={(protocol) => set({ protocol })}
                options={PROTOCOLS.map((option) => ({ ...option, disabled: readOnly && option.value !== draft.protocol }))}
              />
            </div>
            <Field label="Compression">
              {({ invalid: _invalid, ...control }) => (
                <Select
                  {...control}
                  className="w-[110px]"
                  disabled={readOnly}
                  value={draft.compression}
                  onValueChange={(compression) => set({ compression })}
                  options={COMPRESSIONS}
                />
              )}
            </Field>
          </div>
          <HeaderFields
            headers={draft.headers}
            problemAt={problemAt}
            readOnly={readOnly}
            onEdit={(edit) => set({ headers: editHeaders(draft.headers, edit) })}
          />
          {speaksTls(draft.endpoint) && <TlsFields tls={draft.tls} problemAt={problemAt} readOnly={readOnly} onChange={(tls) => set({ tls })} />}
        </>
      )}
      {draft.kind === "archive" && (
        <>
          <Field
            label="At most"
            error={problemAt("bytesMax")}
            hint="On each collector's disk. The oldest files are deleted to stay within it, and counted."
            className="max-w-[420px]"
          >
            {(control) => (
              <span className="flex gap-2">
                <Input
                  {...control}
                  numeric
                  inputMode="decimal"
                  readOnly={readOnly}
                  className="w-[110px]"
                  value={draft.size.text}
                  onChange={(event) => set({ size: { ...draft.size, text: event.target.value } })}
                />
                <Select
                  aria-label="Unit of the size"
                  className="w-[76px]"
                  disabled={readOnly}
                  value={draft.size.unit}
                  onValueChange={(unit) => set({ size: { ...draft.size, unit } })}
                  options={SIZE_UNITS.map((unit) => ({ value: unit, label: unit }))}
                />
              </span>
            )}
          </Field>
          <ArchiveUse />
        </>
      )}
      {draft.kind === "discard" && (
        <Note tone="warn">
          <b>Kept spans are thrown away.</b> They are counted as delivered and can't be had back. Good for measuring what a policy would keep; not for a day on
          which you may need a trace.
        </Note>
      )}
    </div>
  );
}
