import type { IpcError } from "$ipc/error.ts";
import { errorText, t } from "$texts";

/** What came of a call to the Apps API, with Talkdesk's own words where there are any. */
export function appsText(error: IpcError): string {
  const detail = error.params["detail"] ?? "";
  if (error.code === "signed_out") return t("apps.signed_out");
  if (error.code === "unreached") return t("apps.unreachable", { detail });
  if (error.code === "platform" && detail) return t("apps.refused", { detail });
  return errorText(error);
}
