"use client";

import { Component, type ReactNode } from "react";
import { ErrorState } from "./ErrorState.tsx";

type Props = { what: string; children: ReactNode };
type State = { message: string | null };

/** One panel's failure stays in that panel; "Try again" draws it anew. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return <ErrorState title={`${this.props.what} could not be shown`} detail={message} onRetry={() => this.setState({ message: null })} />;
  }
}
