"use client";

import { Button } from "#components/ui/Button.tsx";
import { CopyButton } from "#components/ui/CopyButton.tsx";
import { Dialog } from "#components/ui/Dialog.tsx";

/** Shown once: it is stored sealed and never given out again. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="The secret that messages are signed with"
      description="Copy it now into what receives them: it is not shown again."
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <p className="flex items-center gap-2">
        <code data-slot="webhook-secret" className="min-w-0 flex-1 rounded-control bg-subtle px-2 py-1 font-mono text-s break-all">
          {secret}
        </code>
        <CopyButton text={secret} label="Copy the secret" />
      </p>
    </Dialog>
  );
}
