/** What can go wrong behind the door: a closed set of codes, worded by the catalogue. */

import type { Error as Told, ErrorCode, Place, Refusal } from "./types.ts";

export type { ErrorCode, Place, Refusal } from "./types.ts";

/** The set, as the compiler holds it to the Rust side. */
const codes: Readonly<Record<ErrorCode, true>> = {
  signed_out: true,
  forbidden: true,
  offline: true,
  unreached: true,
  not_known: true,
  rate_limited: true,
  busy: true,
  intercepted: true,
  proxy: true,
  conflict: true,
  refused: true,
  not_found: true,
  invalid: true,
  store_too_new: true,
  store_damaged: true,
  service_too_old: true,
  read_only: true,
  disk_full: true,
  cancelled: true,
  vault_locked: true,
  vault_damaged: true,
  second_slot: true,
  no_keychain: true,
  clipboard: true,
  platform: true,
  system: true,
  moved: true,
  left: true,
  not_open: true,
  internal: true,
};

export const errorCodes = Object.keys(codes) as ErrorCode[];

export class IpcError extends Error {
  readonly code: ErrorCode;
  readonly params: Readonly<Partial<Record<string, string>>>;
  /** Why the change was refused, and every place to go to for it. */
  readonly refusal?: Refusal;
  /** The input it is about, where there is one. */
  readonly place?: Place;

  constructor(told: Omit<Told, "params"> & Partial<Pick<Told, "params">>) {
    super(told.code);
    this.name = "IpcError";
    this.code = told.code;
    this.params = told.params ?? {};
    this.refusal = told.refusal;
    this.place = told.place;
  }
}

const isTold = (thrown: unknown): thrown is Told =>
  typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string" && thrown.code in codes;

/** Whatever was thrown, as an error of the closed set. */
export function asIpcError(thrown: unknown): IpcError {
  if (thrown instanceof IpcError) return thrown;
  if (isTold(thrown)) return new IpcError(thrown);
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new IpcError({ code: "internal", params: { detail } });
}

/** Where the input of that name, or that field, is at fault: for the message beside it. */
export const faultAt = (error: IpcError | undefined, at: { input?: string; field?: string }): boolean =>
  [...(error?.refusal?.places ?? []), ...(error?.place ? [error.place] : [])].some(
    (place) => (at.input !== undefined && place.input === at.input) || (at.field !== undefined && place.field === at.field),
  );
