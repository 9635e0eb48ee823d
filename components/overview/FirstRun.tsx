"use client";

import type { ReactNode } from "react";
import { firstVerdict } from "#domain/telemetry/firstVerdict.ts";
import { useLiveTopic } from "../data/useLive.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatRate } from "../format/formatNumber.ts";
import { SampleNote } from "../live/SampleNote.tsx";
import { VerdictLine } from "../live/VerdictLine.tsx";
import { Button, ButtonLink } from "../ui/Button.tsx";
import { Chip } from "../ui/Chip.tsx";
import { cx } from "../ui/cx.ts";
import { StatusChip, StatusShape } from "../ui/StatusChip.tsx";
import type { FirstRunFacts } from "./firstRunFacts.ts";
import { SampleTrafficOffer } from "./SampleTrafficOffer.tsx";
import { SendTrace } from "./SendTrace.tsx";
import { listening } from "./sdkSnippets.ts";

type FirstRunProps = { facts: FirstRunFacts; everReceived: boolean; onLeave: () => void };
type StepState = "done" | "now" | "later";

/** What is ready, what is next, in the order in which it works. */
export function FirstRun({ facts, everReceived, onLeave }: FirstRunProps) {
  const point = useLiveTopic({ kind: "fleet" })?.event.point;
  const connected = facts.collectors.filter((collector) => collector.state !== "offline");
  const first = connected.at(0);
  const rows = facts.collectors.map((collector) => ({
    name: collector.name,
    state: collector.state,
    lastSeenMs: null,
    configState: "in-sync" as const,
    queueSpans: null,
    queueCapacitySpans: null,
  }));
  const sentence = firstVerdict({ rows, everReceived: false, subject: { kind: "fleet" } });
  const states: StepState[] = [first !== undefined, everReceived, facts.policyTouched, facts.destinationTouched].map((done) => (done ? "done" : "later"));
  const next = states.indexOf("later");
  if (next >= 0) states[next] = "now";
  return (
    <>
      {everReceived ? (
        <p data-slot="verdict" className="num mt-0.5 mb-4 max-w-[92ch] text-l">
          <b>The first spans have arrived.</b> {point && point.receivedPerS > 0 && <>{formatRate(point.receivedPerS)} spans/s come in. </>}
          {next === -1 ? "Everything is set up." : "Now choose what to keep and where it goes, or look at what there is."}
        </p>
      ) : (
        sentence && <VerdictLine verdict={sentence} />
      )}
      <ol className="max-w-[860px]">
        <Step
          number={1}
          state={states[0]}
          title={connected.length > 1 ? `${connected.length} collectors connected` : "Collector connected"}
          fact={<ConnectedFact facts={facts} />}
        >
          {first === undefined && (
            <ButtonLink href="/fleet" className="mt-2.5">
              Connect a collector…
            </ButtonLink>
          )}
        </Step>
        <Step
          number={2}
          state={states[1]}
          title="Send a trace"
          fact={everReceived ? <StatusChip tone="done">spans are arriving</StatusChip> : <Chip outline>waiting for the first span…</Chip>}
          live
        >
          {first ? (
            <SendTrace endpoints={{ grpc: first.otlpGrpcEndpoint, http: first.otlpHttpEndpoint }} />
          ) : (
            <p className="mt-1 text-ink-2">The addresses to send to are shown here once a collector has connected.</p>
          )}
          {everReceived && (
            <div className="mt-2.5 flex gap-2">
              <Button onClick={onLeave}>Open the overview</Button>
              <ButtonLink href="/live">Watch live</ButtonLink>
            </div>
          )}
        </Step>
        <Step
          number={3}
          state={states[2]}
          title="Choose what to keep"
          fact="Start from four tiers: all errors, everything slow, half of the important, one in a hundred of the rest."
        >
          <div className="mt-2.5 flex flex-wrap gap-2">
            <ButtonLink variant="primary" href="/sampling/new?from=four-tiers">
              Edit the four tiers
            </ButtonLink>
            <ButtonLink href="/sampling">All policies</ButtonLink>
          </div>
        </Step>
        <Step
          number={4}
          state={states[3]}
          title="Say where kept traces go"
          fact={facts.destinationTouched ? "A destination is set." : <>Until you do, they are kept in this machine's archive{archiveFact(facts)}.</>}
        >
          <div className="mt-2.5">
            <ButtonLink href="/destination">{facts.destinationTouched ? "Open the destination" : "Add an OTLP backend…"}</ButtonLink>
          </div>
        </Step>
      </ol>
      <div className="mt-1.5 max-w-[860px]">{facts.sampleTraffic === "running" ? <SampleNote /> : <SampleTrafficOffer collectors={connected.length} />}</div>
    </>
  );
}

function archiveFact(facts: FirstRunFacts): string {
  return facts.archive === null ? "" : ` (${formatBytes(facts.archive.bytes)} of ${formatBytes(facts.archive.bytesMax)})`;
}

function ConnectedFact({ facts }: { facts: FirstRunFacts }) {
  const first = facts.collectors.find((collector) => collector.state !== "offline");
  if (first === undefined) return <span className="text-s text-ink-3">none yet</span>;
  return (
    <span className="text-s text-ink-3">
      {first.name} · policy “{facts.runningPolicy.name}” v{facts.runningPolicy.version} ·{" "}
      {listening({ grpc: first.otlpGrpcEndpoint, http: first.otlpHttpEndpoint })}
    </span>
  );
}

type StepProps = { number: number; state: StepState; title: string; fact: ReactNode; live?: boolean; children?: ReactNode };

function Step({ number, state, title, fact, live, children }: StepProps) {
  return (
    <li className="grid grid-cols-[28px_minmax(0,1fr)] gap-3 border-t border-line py-4 first:border-t-0">
      <span
        className={cx(
          "num grid size-[22px] place-items-center rounded-full border text-xs",
          state === "done" && "border-transparent bg-ok-soft text-ok",
          state === "now" && "border-accent font-semibold text-accent",
          state === "later" && "border-line-strong text-ink-2",
        )}
      >
        {state === "done" ? (
          <>
            <StatusShape tone="done" />
            <span className="sr-only">done</span>
          </>
        ) : (
          number
        )}
      </span>
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <h2 className="font-semibold">{title}</h2>
          <span className="text-ink-2" role={live ? "status" : undefined}>
            {fact}
          </span>
        </div>
        {children}
      </div>
    </li>
  );
}
