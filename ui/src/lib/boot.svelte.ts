/**
 * What the window knows before its first paint and keeps true: who works here, on what, and a
 * person's settings. One read for the whole window.
 */
import * as client from "$ipc/client.ts";
import { onChanged } from "$ipc/events.ts";
import type { Boot, FieldKey, FieldSpec, Frame, MemberId, MemberView, Settings } from "$ipc/types.ts";
import { Query } from "./query.svelte.ts";

class Booted {
  readonly query = new Query<Boot>();

  /** Read, and again at every change; resolves when the first answer, or an error, is there. */
  async listen(): Promise<() => void> {
    const stop = onChanged((tags) => this.query.changed(tags));
    await this.query.ask(client.boot());
    return stop;
  }

  get data(): Boot | undefined {
    return this.query.data;
  }

  get phase(): Boot["phase"]["phase"] | undefined {
    return this.data?.phase.phase;
  }

  /** What stands around every screen, while a workspace is open. */
  get frame(): Frame | undefined {
    return this.data?.phase.phase === "open" ? this.data.phase : undefined;
  }

  get settings(): Settings | undefined {
    return this.data?.settings;
  }

  /** Every field of the app information, in the order of its part. */
  get fields(): readonly FieldSpec[] {
    return this.data?.fields ?? [];
  }

  field(key: FieldKey): FieldSpec | undefined {
    return this.fields.find((field) => field.key === key);
  }

  /** The name of a member, or an empty text where it is not known here. */
  memberName(id: MemberId): string {
    return this.frame?.members.find((member: MemberView) => member.id === id)?.name ?? "";
  }

  /** Keep a setting: the window shows it at once, the shell writes it down. */
  async set(changed: Partial<Settings>): Promise<void> {
    const { data } = this.query;
    if (!data) return;
    const settings = { ...data.settings, ...changed };
    this.query.data = { ...data, settings };
    try {
      await client.setSettings({ settings });
    } finally {
      await this.query.refresh();
    }
  }
}

export const boot = new Booted();
