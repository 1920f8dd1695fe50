import { t } from "$texts";

const REASONS = ["denied", "server", "offline", "timed_out", "wrong_state", "wrong_issuer", "wrong_id_token", "ended"] as const;

/** Why a sign-in did not work; a reason that this window does not know yet still gets a sentence. */
export function failureText(reason: string): string {
  const known = REASONS.find((word) => word === reason);
  return t(`connections.failed_${known ?? "other"}`);
}
