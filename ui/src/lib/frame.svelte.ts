/** What the frame shows around a screen. Whoever knows it sets it; what is not known is not drawn. */
import type { Snippet } from "svelte";
import type { LeftComputer, MovedView, SyncState } from "$ipc/types.ts";
import type { State } from "../parts/states.ts";
import type { Route, RouteName } from "../screens/routes.ts";

export interface Pinned {
  label: string;
  state: State;
  to: Route;
}

class Frame {
  workspace = $state<string>();
  /** Sample data is open: every screen says so. */
  sample = $state(false);
  /** What is open goes or went to a team's service: every screen says so. */
  moved = $state.raw<MovedView>();
  /** Everything of this computer went on to another: every screen says so. */
  left = $state.raw<LeftComputer>();
  /** A person may switch the hints of the status bar off. */
  hints = $state(true);
  /** Who works here, and where their work is kept. */
  person = $state.raw<{ name: string; initials?: string; where: string }>();
  /** Who else of the team is here now, by name. */
  here = $state.raw<readonly string[]>([]);
  counts = $state.raw<Partial<Record<RouteName, { n: number; hot?: boolean }>>>({});
  pinned = $state.raw<readonly Pinned[]>([]);
  /** Where the last change is: *Saved on this computer*. */
  saved = $state.raw<{ text: string; waiting?: boolean; /** What waits goes out now. */ sending?: boolean; /** Why nothing is sent or read. */ state?: SyncState | undefined; /** The service is away for now: what to do, and that it is tried again by itself. */ help?: string }>();
  /** With a selection the status bar becomes the selection's bar, at the same height. */
  selection = $state.raw<Snippet>();
}

export const frame = new Frame();
