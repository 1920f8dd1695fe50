/** What a screen reader is told without the focus moving. */
class Announcer {
  /** The two regions take turns, so that the same words twice in a row are both read. */
  regions = $state(["", ""]);
  #next = 0;

  say(text: string) {
    this.regions[this.#next] = text;
    this.#next = 1 - this.#next;
    this.regions[this.#next] = "";
  }
}

const announcer = new Announcer();

export const announcements = () => announcer.regions;

/** Say `text` politely. */
export const announce = (text: string) => announcer.say(text);
