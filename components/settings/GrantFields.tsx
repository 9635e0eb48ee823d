"use client";

import { Select } from "#components/ui/Select.tsx";
import { GRANTED_ROLES, type Role, type RoleGrants, roleAllows } from "#domain/auth/role.ts";
import { type GrantedRole, isGranted } from "./grantEdits.ts";

type GrantFieldsProps = {
  groups: readonly { id: string; name: string; selector: string; isDefault: boolean }[];
  /** The one that holds everywhere. */
  role: Role;
  grants: RoleGrants;
  onChange: (groupId: string, role: GrantedRole | null) => void;
  busyGroupId?: string;
};

/** A choice for each group; one that adds nothing to what holds everywhere says so. */
export function GrantFields({ groups, role, grants, onChange, busyGroupId }: GrantFieldsProps) {
  return (
    <ul className="flex max-h-[40dvh] flex-col overflow-y-auto rounded-control border border-line">
      {groups.map((group) => {
        const granted = grants[group.id];
        return (
          <li key={group.id} className="flex min-h-[36px] items-center gap-2 border-b border-line px-2.5 py-1 last:border-b-0">
            <div className="min-w-0 flex-1">
              <div className="truncate">{group.name}</div>
              {!group.isDefault && <div className="truncate font-mono text-xs text-ink-3">{group.selector || "every collector"}</div>}
            </div>
            <Select
              size="small"
              aria-label={`Role in ${group.name}`}
              className="w-[150px]"
              value={isGranted(granted) ? granted : "none"}
              options={[
                { value: "none" as const, label: `${role}, as everywhere` },
                ...GRANTED_ROLES.map((value) => ({ value, label: value, disabled: roleAllows(role, value) && granted !== value })),
              ]}
              onValueChange={(value) => busyGroupId === undefined && onChange(group.id, value === "none" ? null : value)}
            />
          </li>
        );
      })}
    </ul>
  );
}
