import type { Role } from "$ipc/types.ts";
import { t } from "$texts";

/** Every role, in the order in which they are shown. */
export const ROLES = ["admin", "partner_manager", "developer", "qa", "internal_reviewer", "viewer"] as const satisfies readonly Role[];

/** Roles in one line, in that order. */
export const rolesText = (roles: readonly Role[]): string =>
  roles.length === ROLES.length
    ? t("members.every_role")
    : ROLES.filter((role) => roles.includes(role))
        .map((role) => t(`role.${role}`))
        .join(", ");
