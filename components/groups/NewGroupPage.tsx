"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useTRPC } from "#components/data/trpc.ts";
import { useMay } from "#components/data/useMe.ts";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { toast } from "#components/ui/toast.ts";
import { GroupEditor } from "./GroupEditor.tsx";

/** `?selector=` is where it begins. */
export function NewGroupPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const mayEdit = useMay("editor");
  const selector = useSearchParams().get("selector") ?? "";
  const create = useMutation(
    trpc.groups.create.mutationOptions({
      onSuccess: ({ id }) => {
        toast.ok("The group is there. It runs what the default group runs until something is applied to it.");
        router.push(`/groups/${id}`);
      },
    }),
  );
  return (
    <>
      <PageHead
        title="New group"
        crumbs={[{ label: "Groups", href: "/groups" }, { label: "New" }]}
        sub="Nothing changes for its collectors until something is applied to it, unless they leave another group."
      />
      {mayEdit ? (
        <GroupEditor
          initial={{ name: "", selector, priority: "0", description: "" }}
          saveLabel="Create the group"
          busy={create.isPending}
          error={create.error}
          onSave={(group) => create.mutate(group)}
          onCancel={() => router.push("/groups")}
        />
      ) : (
        <Note>Making groups needs the role editor. An admin can change yours under Settings.</Note>
      )}
    </>
  );
}
