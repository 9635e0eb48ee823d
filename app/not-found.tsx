import { ButtonLink } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";

export default function NotFound() {
  return (
    <>
      <PageHead title="Not found" />
      <EmptyState
        title="There is no such page"
        actions={
          <>
            <ButtonLink href="/">Overview</ButtonLink>
            <ButtonLink href="/live">Live</ButtonLink>
          </>
        }
      >
        The address may be old, or what it named was removed. Press <b>⌘K</b> to search.
      </EmptyState>
    </>
  );
}
