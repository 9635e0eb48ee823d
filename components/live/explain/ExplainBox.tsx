"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { useTRPC } from "../../data/trpc.ts";
import { Button } from "../../ui/Button.tsx";
import { ErrorBoundary } from "../../ui/ErrorBoundary.tsx";
import { Input } from "../../ui/Input.tsx";
import { isTyping } from "../../ui/isTyping.ts";
import { Kbd } from "../../ui/Kbd.tsx";
import { AnswerSkeleton } from "./AnswerSkeleton.tsx";
import { readTraceId, tooShort } from "./readTraceId.ts";

// Words and drawings of an answer come with the first question.
const ExplainAnswers = lazy(async () => ({ default: (await import("./ExplainAnswers.tsx")).ExplainAnswers }));

type ExplainBoxProps = {
  /** What the address asks about; null when it asks nothing, empty when only the field is wanted. */
  asked: string | null;
  onAsk: (traceId: string | null) => void;
};

/** "Why was this trace kept or dropped?": an id goes in, each collector's own account comes out. The question is in the address. */
export function ExplainBox({ asked, onAsk }: ExplainBoxProps) {
  const id = useId();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(asked ?? "");
  const [finished, setFinished] = useState(asked !== null);
  const reading = readTraceId(text);
  const question = asked === null ? null : readTraceId(asked);
  const problem = reading.kind === "wrong" ? reading.problem : reading.kind === "typing" && finished ? tooShort(reading.digits) : null;

  useEffect(() => {
    if (asked === null) return;
    if (asked === "") {
      field.current?.focus();
      onAsk(null);
      return;
    }
    setText(asked);
    setFinished(true);
  }, [asked, onAsk]);
  useFocusKey("w", field);

  const ask = (event: FormEvent) => {
    event.preventDefault();
    setFinished(true);
    if (reading.kind !== "ok") return;
    if (question?.kind === "ok" && question.id === reading.id) void queries.refetchQueries(trpc.live.explain.queryFilter({ traceId: reading.id }));
    else onAsk(reading.id);
  };
  const clear = () => {
    setText("");
    setFinished(false);
    if (asked !== null) onAsk(null);
    field.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (text !== "" || asked !== null) clear();
    else field.current?.blur();
  };

  return (
    <section aria-label="Explain a trace" data-slot="explain" className="mb-4" onKeyDown={pressed}>
      <form onSubmit={ask} className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="sr-only">
          Trace id
        </label>
        <Input
          id={id}
          ref={field}
          mono
          inputMode="text"
          autoCapitalize="off"
          spellCheck={false}
          enterKeyHint="go"
          placeholder="Why was this trace kept or dropped? Paste a trace id"
          className="min-w-0 flex-1 basis-full sm:max-w-[560px] sm:basis-[240px]"
          inputClassName="placeholder:font-sans placeholder:text-base"
          suffix={text === "" ? <KeyHint>w</KeyHint> : reading.kind === "typing" ? <span className="num text-s">{reading.digits} of 32</span> : undefined}
          invalid={problem !== null}
          aria-describedby={problem === null ? undefined : `${id}-problem`}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setFinished(false);
          }}
        />
        <Button type="submit" disabled={reading.kind === "empty"}>
          Explain
        </Button>
        {asked !== null && (
          <Button variant="ghost" onClick={clear}>
            Close <KeyHint>Esc</KeyHint>
          </Button>
        )}
      </form>
      {problem !== null && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-s text-bad">
          {problem}
        </p>
      )}
      {question?.kind === "ok" && (
        <ErrorBoundary key={question.id} what="The explanation">
          <Suspense fallback={<AnswerSkeleton />}>
            <ExplainAnswers traceId={question.id} />
          </Suspense>
        </ErrorBoundary>
      )}
    </section>
  );
}

/** Keys are for those who have a keyboard. */
function KeyHint({ children }: { children: string }) {
  return (
    <span className="max-md:hidden">
      <Kbd>{children}</Kbd>
    </span>
  );
}

function useFocusKey(key: string, field: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.key !== key || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [key, field]);
}
