"use client";

import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { toast } from "#components/ui/toast.ts";
import { labelRows, readLabels } from "./labelRows.ts";

type LabelsDialogProps = { id: string; name: string; labels: Readonly<Record<string, string>>; own: Readonly<Record<string, string>>; onClose: () => void };

/** The labels that count for a collector. What differs from its own is kept as a change; the rest goes on following its environment. */
export function LabelsDialog({ id, name, labels, own, onClose }: LabelsDialogProps) {
  const trpc = useTRPC();
  const [base] = useState(labels);
  const [rows, setRows] = useState(() => labelRows(labels));
  const nextKey = useRef(rows.length);
  const set = useMutation(
    trpc.fleet.setLabels.mutationOptions({
      onSuccess: () => {
        toast.ok(`The labels of ${name} are saved. If that puts it into another group, it is sent what it shall run there.`);
        onClose();
      },
    }),
  );
  const read = readLabels(rows);
  const change = (key: number, part: { name?: string; value?: string }) => setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const removed = Object.keys(own).filter((label) => !rows.some((row) => row.name.trim() === label));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Labels of ${name}`}
      description="Groups select collectors by these."
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="primary"
            busy={set.isPending}
            disabled={!read.ok}
            onClick={() => read.ok && set.mutate({ id, labels: read.labels, base: { ...base } })}
          >
            Save
          </Button>
        </>
      }
    >
      <ul aria-label="Labels" className="flex flex-col gap-1.5">
        {rows.map((row, index) => (
          <li key={row.key} className="flex flex-wrap items-center gap-1.5">
            <Input
              mono
              aria-label={`Name of label ${index + 1}`}
              className="flex-1 basis-[120px]"
              value={row.name}
              onChange={(event) => change(row.key, { name: event.target.value })}
            />
            <span aria-hidden="true">=</span>
            <Input
              mono
              aria-label={`Value of label ${index + 1}`}
              className="flex-1 basis-[120px]"
              value={row.value}
              onChange={(event) => change(row.key, { value: event.target.value })}
            />
            <span className="w-[64px] text-s text-ink-3">
              {Object.hasOwn(own, row.name.trim()) ? (own[row.name.trim()] === row.value.trim() ? "its own" : "changed") : "added"}
            </span>
            <Button
              size="icon"
              variant="ghost"
              aria-label={`Take away ${row.name || `label ${index + 1}`}`}
              onClick={() => setRows(rows.filter((one) => one !== row))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <Button
        size="small"
        variant="ghost"
        className="mt-2"
        icon={<Plus aria-hidden />}
        onClick={() => setRows([...rows, { key: nextKey.current++, name: "", value: "" }])}
      >
        Add a label
      </Button>
      {removed.length > 0 && (
        <p className="mt-2 text-s text-ink-3">
          Taken away of its own:{" "}
          {removed.map((label) => (
            <button
              key={label}
              type="button"
              className="mr-2 underline underline-offset-2"
              onClick={() => setRows([...rows, { key: nextKey.current++, name: label, value: own[label] }])}
            >
              {label}={own[label]}, give it back
            </button>
          ))}
        </p>
      )}
      {!read.ok && read.problem !== null && (
        <Note tone="warn" className="mt-3">
          {read.problem}
        </Note>
      )}
      {set.isError && (
        <Note tone="bad" role="alert" className="mt-3">
          Nothing was saved. {describeError(set.error).message}
        </Note>
      )}
    </Dialog>
  );
}
