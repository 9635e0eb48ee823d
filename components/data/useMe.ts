"use client";

import { useQuery } from "@tanstack/react-query";
import { type Role, roleAllows } from "#domain/auth/role.ts";
import { useTRPC } from "./trpc.ts";

/** Who is signed in; `data` is null when nobody is. */
export function useMe() {
  const trpc = useTRPC();
  return useQuery(trpc.session.me.queryOptions(undefined, { staleTime: 300_000 }));
}

/** True when the person may do what needs `role`; the server checks again. */
export function useMay(role: Role): boolean {
  const { data } = useMe();
  return data !== undefined && data !== null && roleAllows(data.role, role);
}
