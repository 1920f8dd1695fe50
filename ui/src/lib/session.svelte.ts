/** What holds for the whole window: who works here, in which workspace, with which settings. Set from the `boot` read. */
import { setSettings } from "$ipc/client.ts";
import type { Boot, FieldKey, FieldSpec, Frame, MemberId, MemberView, Settings } from "$ipc/types.ts";
import { setLocale } from "$texts";
import { theme } from "./theme.svelte.ts";

class Session {
  boot = $state.raw<Boot>();
  #asked?: Settings;

  /** The open workspace; screens inside the frame always have one. */
  get frame(): Frame | undefined {
    return this.boot?.phase.phase === "open" ? this.boot.phase : undefined;
  }

  get settings(): Settings | undefined {
    return this.boot?.settings;
  }

  get me(): MemberId | undefined {
    return this.frame?.me.id;
  }

  /** Who can be asked for something: everybody who did not leave. */
  get team(): readonly MemberView[] {
    return this.frame?.members.filter(({ left }) => !left) ?? [];
  }

  /** A person's name, empty where they are no member any more. */
  nameOf(member: MemberId): string {
    return this.frame?.members.find(({ id }) => id === member)?.name ?? "";
  }

  /** What is known of a field of the app information: its part, its kind, its limits. */
  fieldOf(key: FieldKey): FieldSpec | undefined {
    return this.boot?.fields.find((field) => field.key === key);
  }

  async take(boot: Boot): Promise<void> {
    this.boot = boot;
    theme.chosen = boot.settings.theme;
    await setLocale(boot.settings.language);
  }

  /** The settings with what was changed last, saved already or not. */
  get wanted(): Settings | undefined {
    return this.#asked ?? this.settings;
  }

  /** Change some of the settings; what is shown follows once it is saved. */
  async set(some: Partial<Settings>): Promise<void> {
    if (!this.wanted) return;
    // All of them are sent at once: a second change must not take back the first, which is on its way.
    const asked = { ...this.wanted, ...some };
    this.#asked = asked;
    try {
      await setSettings({ settings: asked });
      if (this.boot) this.boot = { ...this.boot, settings: asked };
    } finally {
      if (this.#asked === asked) this.#asked = undefined;
    }
  }
}

export const session = new Session();
