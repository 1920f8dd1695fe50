/** What can go wrong behind the door: a closed set of codes, worded by the catalogue. */

export const errorCodes = [
  "signed_out",
  "forbidden",
  "offline",
  "rate_limited",
  "conflict",
  "refused",
  "not_found",
  "invalid",
  "vault_locked",
  "store_too_new",
  "service_too_old",
  "read_only",
  "disk_full",
  "cancelled",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export class IpcError extends Error {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, unknown>>;
  /** The field or entity it is about, where there is one. */
  readonly place?: string;

  constructor(code: ErrorCode, params: Readonly<Record<string, unknown>> = {}, place?: string) {
    super(code);
    this.name = "IpcError";
    this.code = code;
    this.params = params;
    this.place = place;
  }
}

const isCode = (code: unknown): code is ErrorCode => errorCodes.some((known) => known === code);

/** Whatever was thrown, as an error of the closed set. */
export function asIpcError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) return thrown;
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && isCode(thrown.code)) {
    const { code, params, place } = thrown as { code: ErrorCode; params?: unknown; place?: unknown };
    return new IpcError(
      code,
      typeof params === "object" && params !== null ? { ...params } : {},
      typeof place === "string" ? place : undefined,
    );
  }
  return new IpcError("internal", { detail: thrown instanceof Error ? thrown.message : String(thrown) });
}
