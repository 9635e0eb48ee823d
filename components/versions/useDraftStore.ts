"use client";

import { useState } from "react";
import { useMe } from "#components/data/useMe.ts";
import { personsStore } from "./personsStore.ts";

/**
 * Where this browser keeps the drafts of whoever is signed in. It stays that person's when the session ends under an open editor, so that the draft is there
 * for them, and for nobody else, after the next sign-in.
 */
export function useDraftStore() {
  const { data } = useMe();
  const [owner] = useState(data?.id ?? "nobody");
  const [store] = useState(() => personsStore(localStorage, owner));
  return store;
}
