"use client";

import { useQuery } from "@tanstack/react-query";
import { highestRole, type Role, roleAllows } from "#domain/auth/role.ts";
import { type Operation, type Place, refusalOf } from "#domain/auth/scopes.ts";
import { useTRPC } from "./trpc.ts";

/** Who is signed in; `data` is null when nobody is. */
export function useMe() {
  const trpc = useTRPC();
  return useQuery(trpc.session.me.queryOptions(undefined, { staleTime: 300_000 }));
}

/** True when the person has `role`, everywhere or in some group; the server checks again, and knows which. */
export function useMay(role: Role): boolean {
  const { data } = useMe();
  return data !== undefined && data !== null && roleAllows(highestRole(data.role, data.grants), role);
}

/** True when the person may do it there: everywhere, unless a group is named. */
export function useMayDo(operation: Operation, place: Place = "everywhere"): boolean {
  const { data } = useMe();
  return data !== undefined && data !== null && refusalOf({ ...data, scopes: null }, operation, place) === null;
}
