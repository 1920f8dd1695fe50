/** Short notices at the lower right. They go by themselves and hold nothing that is said nowhere else. */
import type { Tone } from "../parts/tone.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: Tone;
  readonly action?: { label: string; run: () => void };
}

const STAY_MS = 6_000;
/** A toast that offers something stays long enough to reach it by keyboard. */
const STAY_WITH_ACTION_MS = 15_000;

class Toasts {
  shown = $state<Toast[]>([]);
  #last = 0;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, { tone = "ok", action }: { tone?: Tone; action?: Toast["action"] } = {}): number {
    const toast: Toast = { id: ++this.#last, text, tone, action };
    this.shown.push(toast);
    this.resume(toast);
    return toast.id;
  }

  dismiss(id: number) {
    this.hold(id);
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** Keep a toast while the pointer or the focus is on it. */
  hold(id: number) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(toast: Toast) {
    this.hold(toast.id);
    const stay = toast.action ? STAY_WITH_ACTION_MS : STAY_MS;
    this.#timers.set(toast.id, setTimeout(() => this.dismiss(toast.id), stay));
  }
}

export const toasts = new Toasts();

/** Show a toast: `toast(text)`. */
export const toast = toasts.show.bind(toasts);
