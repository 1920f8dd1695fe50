/** *Install version* opens from many places: the menu beside *Edit*, home, search, a key. It is drawn once, by the frame. */
import type { ProjectId, VersionId } from "$ipc/types.ts";

export interface Installable {
  project: ProjectId;
  version: VersionId;
}

class Install {
  /** Whose dialog is open. */
  at = $state.raw<Installable>();

  close(): void {
    this.at = undefined;
  }
}

export const install = new Install();

/** Open the dialog: `openInstall({ project, version })`. */
export const openInstall = (at: Installable): void => {
  install.at = at;
};
