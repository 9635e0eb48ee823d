"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Note } from "../ui/Note.tsx";
import { SkeletonRows } from "../ui/Skeleton.tsx";
import { describeError } from "./describeError.ts";

type QueryViewProps<T> = {
  query: UseQueryResult<T, unknown>;
  /** Subject of the error sentence: "The list of policies". */
  what: string;
  /** Of the final geometry. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
};

/** The states of one query: skeleton, error with a way on, data; data that could not be refreshed stays, with a word about it. */
export function QueryView<T>({ query, what, skeleton, children }: QueryViewProps<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <Note tone="warn" role="status" className="mb-3">
            {what} could not be refreshed; this is what was known before. {describeError(query.error).message}
          </Note>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) {
    return (
      <ErrorState
        title={`${what} could not be loaded`}
        detail={describeError(query.error).message}
        onRetry={() => void query.refetch()}
        busy={query.isFetching}
      />
    );
  }
  return skeleton ?? <SkeletonRows />;
}
