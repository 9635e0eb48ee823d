"use client";

import { useState } from "react";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { type Endpoints, SDK_LABELS, SDKS, type Sdk, sdkSnippet } from "./sdkSnippets.ts";

export function SendTrace({ endpoints }: { endpoints: Endpoints }) {
  const [sdk, setSdk] = useState<Sdk>("any");
  return (
    <>
      <Segmented aria-label="SDK" className="mt-2" value={sdk} onValueChange={setSdk} options={SDKS.map((value) => ({ value, label: SDK_LABELS[value] }))} />
      <CodeBlock className="mt-2" text={sdkSnippet(sdk, endpoints)} what={`the lines for ${SDK_LABELS[sdk]}`} />
      {endpoints.grpc !== null && endpoints.http !== null && (
        <p className="mt-1 text-s text-ink-3">
          Over HTTP instead: <span className="font-mono">{endpoints.http}</span> with protocol <span className="font-mono">http/protobuf</span>.
        </p>
      )}
    </>
  );
}
