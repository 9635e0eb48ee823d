"use client";

import { describeError } from "../../data/describeError.ts";
import { formatClock } from "../../format/formatDuration.ts";
import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { EmptyState } from "../../ui/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Note } from "../../ui/Note.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { AnswerSkeleton } from "./AnswerSkeleton.tsx";
import { type Answer, arrangeAnswers } from "./arrangeAnswers.ts";
import { CollectorAnswer } from "./CollectorAnswer.tsx";
import { useExplanation } from "./useExplanation.ts";
import { WithoutTrace } from "./WithoutTrace.tsx";

/** What the collectors say about one trace. */
export function ExplainAnswers({ traceId }: { traceId: string }) {
  const query = useExplanation(traceId);
  if (query.data === undefined && !query.isError) return <AnswerSkeleton />;
  return (
    <Panel
      name="The explanation"
      title={
        <>
          Trace <span className="font-mono text-s font-normal break-all">{traceId}</span>
        </>
      }
      className="mt-3"
      flush
      actions={
        query.data && (
          <>
            <span className="num text-s text-ink-3">asked at {formatClock(query.data.askedAtMs, true)}</span>
            <CopyButton text={window.location.href} label="Copy link" what="to this explanation" />
            <Button size="small" onClick={() => void query.refetch()} busy={query.isFetching}>
              Ask again
            </Button>
          </>
        )
      }
    >
      {query.data === undefined ? (
        <ErrorState
          title="The collectors could not be asked"
          detail={describeError(query.error).message}
          onRetry={() => void query.refetch()}
          busy={query.isFetching}
        />
      ) : (
        <>
          {query.isError && (
            <Note tone="warn" role="status" className="mx-3 mb-3">
              Asking again failed; this is what they said at {formatClock(query.data.askedAtMs, true)}. {describeError(query.error).message}
            </Note>
          )}
          <Answers answers={query.data.answers} />
        </>
      )}
    </Panel>
  );
}

function Answers({ answers }: { answers: readonly Answer[] }) {
  if (answers.length === 0) {
    return (
      <EmptyState title="No collector is connected, so nobody can be asked">
        What became of a trace is known by the collectors themselves. Connect one, then ask again.
      </EmptyState>
    );
  }
  const { telling, without, failed } = arrangeAnswers(answers);
  return (
    <>
      {telling.map((answer) => (
        <CollectorAnswer key={answer.collectorId} answer={answer} />
      ))}
      {without.length > 0 && <WithoutTrace answers={without} others={telling.length > 0} />}
      {failed.length > 0 && (
        <div className="border-t border-line px-3 py-2.5">
          <p className="text-ink-2">{failed.length === 1 ? "1 collector gave no answer:" : `${failed.length} collectors gave no answer:`}</p>
          <ul className="mt-1 flex flex-col gap-0.5">
            {failed.map((answer) => (
              <li key={answer.collectorId} className="break-words">
                <b>{answer.collectorName}</b> <span className="text-bad">{answer.problem ?? "said nothing"}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
