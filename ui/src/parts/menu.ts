import type { LucideIcon } from "@lucide/svelte";

export interface MenuItem {
  label: string;
  run: () => void;
  icon?: LucideIcon;
  /** The key that does the same from the screen. */
  keys?: string;
  /** Why it is not possible now; the item stays reachable and says so. */
  locked?: string;
  danger?: boolean;
  /** A line above it. */
  separated?: boolean;
  testid?: string;
}
