/** What was tested, in one line: build, account and browser, as much as is known. */
import type { Tested } from "$ipc/types.ts";

export const testedText = ({ build, account, browser }: Tested): string => [build, account, browser].filter(Boolean).join(", ");
