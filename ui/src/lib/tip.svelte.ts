/**
 * A word on hover and focus: `{@attach tip(text, keys)}` on the element that it belongs to. The window has one place
 * for it, `frame/Tip.svelte`: what is said there costs nothing until somebody asks for it.
 */
import type { Attachment } from "svelte/attachments";

/** How long the pointer rests on something before it is told about, and how long it may take on its way to the words. */
const REST = 400;
const WAY = 120;

export interface Said {
  readonly text: string;
  readonly keys?: string;
  readonly of: HTMLElement;
}

class Tips {
  said = $state.raw<Said>();
  #timer?: ReturnType<typeof setTimeout>;

  /** The pointer came, or came back from its way. */
  come(said: Said, after = REST) {
    clearTimeout(this.#timer);
    if (this.said?.of === said.of) return;
    // From one to the next nobody waits again.
    this.#timer = setTimeout(() => (this.said = said), this.said ? 0 : after);
  }

  /** The pointer is on the words themselves. */
  stay() {
    clearTimeout(this.#timer);
  }

  leave() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.said = undefined), WAY);
  }

  hide() {
    clearTimeout(this.#timer);
    this.said = undefined;
  }
}

export const tips = new Tips();

export const tip = (text: string, keys?: string): Attachment<HTMLElement> => (of) => {
  const said = { text, keys, of };
  const come = ({ pointerType }: PointerEvent) => pointerType !== "touch" && tips.come(said);
  const leave = () => tips.leave();
  const focus = () => of.matches(":focus-visible") && tips.come(said, 0);
  const hide = () => tips.hide();
  const heard = [["pointerenter", come], ["pointerleave", leave], ["pointerdown", hide], ["click", hide], ["focus", focus], ["blur", hide]] as const;
  for (const [name, run] of heard) of.addEventListener(name, run as EventListener);
  return () => {
    for (const [name, run] of heard) of.removeEventListener(name, run as EventListener);
    if (tips.said === said) tips.hide();
  };
};
