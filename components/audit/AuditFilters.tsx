"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTRPC } from "#components/data/trpc.ts";
import { Button } from "#components/ui/Button.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Kbd } from "#components/ui/Kbd.tsx";
import { Select } from "#components/ui/Select.tsx";
import type { AuditFilter } from "#domain/audit/auditFilter.ts";
import { ofLocalField, RANGES, rangeOf, rangeToFilter, toLocalField } from "./timeRange.ts";

const ANY = "\u0000any";
/** Typing is over when nothing was typed for so long; only then is the server asked. */
const TYPED_MS = 200;

/** Text, person, action, what it was about, and when. Every change is in the address at once. */
export function AuditFilters({ filter, onFilter }: { filter: AuditFilter; onFilter: (filter: AuditFilter) => void }) {
  const trpc = useTRPC();
  const { data: choices } = useQuery(trpc.audit.choices.queryOptions());
  const [nowMs] = useState(Date.now);
  const range = rangeOf(filter, nowMs);
  const isEmpty = Object.values(filter).every((value) => value === undefined);
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pb-2.5">
      <SearchField text={filter.text} onText={(text) => onFilter({ ...filter, text })} />
      <Choice label="Who" every="Everybody" value={filter.actor} values={choices?.actors} onValue={(actor) => onFilter({ ...filter, actor })} />
      <Choice label="Action" every="Every action" value={filter.action} values={choices?.actions} onValue={(action) => onFilter({ ...filter, action })} />
      <Choice label="About" every="About everything" value={filter.entity} values={choices?.entities} onValue={(entity) => onFilter({ ...filter, entity })} />
      <Select
        aria-label="When"
        className="w-[140px] max-sm:w-[calc(50%-4px)]"
        value={range}
        options={RANGES}
        onValueChange={(next) => onFilter({ ...filter, ...rangeToFilter(next, nowMs) })}
      />
      {range === "custom" && (
        <>
          <TimeField label="From" atMs={filter.fromMs} onTime={(fromMs) => onFilter({ ...filter, fromMs })} />
          <TimeField label="To" atMs={filter.toMs} onTime={(toMs) => onFilter({ ...filter, toMs })} />
        </>
      )}
      {filter.entityId !== undefined && (
        <Button size="small" icon={<X aria-hidden />} onClick={() => onFilter({ ...filter, entityId: undefined })}>
          only {filter.entityId.slice(0, 13)}
        </Button>
      )}
      {!isEmpty && (
        <Button size="small" variant="ghost" onClick={() => onFilter({})}>
          Clear
        </Button>
      )}
    </div>
  );
}

function SearchField({ text, onText }: { text: string | undefined; onText: (text: string | undefined) => void }) {
  const [typed, setTyped] = useState(text ?? "");
  // The address may change by other means: Clear, or going back.
  useEffect(() => setTyped((before) => (before.trim() === (text ?? "") ? before : (text ?? ""))), [text]);
  useEffect(() => {
    const words = typed.trim();
    if (words === (text ?? "")) return;
    const timer = setTimeout(() => onText(words === "" ? undefined : words), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onText]);
  return (
    <Input
      data-filter
      type="search"
      aria-label="Search the audit"
      placeholder="Names, words, numbers"
      suffix={<Kbd>/</Kbd>}
      className="w-[220px] max-w-full max-sm:w-full"
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

type ChoiceProps = { label: string; every: string; value: string | undefined; values: string[] | undefined; onValue: (value: string | undefined) => void };

function Choice({ label, every, value, values = [], onValue }: ChoiceProps) {
  const all = value === undefined || values.includes(value) ? values : [value, ...values];
  return (
    <Select
      aria-label={label}
      className="w-[150px] max-sm:w-[calc(50%-4px)]"
      value={value ?? ANY}
      options={[{ value: ANY, label: every }, ...all.map((one) => ({ value: one, label: one }))]}
      onValueChange={(next) => onValue(next === ANY ? undefined : next)}
    />
  );
}

function TimeField({ label, atMs, onTime }: { label: string; atMs: number | undefined; onTime: (atMs: number | undefined) => void }) {
  return (
    <Input
      type="datetime-local"
      aria-label={label}
      className="w-[190px] max-sm:w-full"
      prefix={label}
      value={toLocalField(atMs)}
      onChange={(event) => onTime(ofLocalField(event.target.value))}
    />
  );
}
