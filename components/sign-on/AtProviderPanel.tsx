import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { Panel } from "#components/ui/Panel.tsx";

/** What has to be registered on the other side. */
export function AtProviderPanel({ redirectUri }: { redirectUri: string }) {
  return (
    <Panel title="At the provider">
      <p className="mb-2 text-ink-2">Register a web application (authorization code flow, PKCE) with this redirect URI:</p>
      <CodeBlock text={redirectUri} what="the redirect URI" className="[&_pre]:break-all [&_pre]:whitespace-pre-wrap" />
      <p className="mt-2 text-s text-ink-3">
        It has to say that e-mail addresses are verified (the claim email_verified): accounts are found by them. If this address is not the one that people
        open, set HEADGATE_PUBLIC_URL.
      </p>
    </Panel>
  );
}
