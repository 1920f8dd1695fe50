/** New ids are made in the window, so that a screen can show what it made before the answer. */
import { v7 } from "uuid";

/** A UUIDv7: it sorts by when it was made, and nothing relies on that. */
export const newId = (): string => v7();
