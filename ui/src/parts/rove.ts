/** One Tab stop for a row of choices; the arrows, Home and End move and choose among them. */
import type { Attachment } from "svelte/attachments";

export const rove =
  (role: "radio" | "tab"): Attachment<HTMLElement> =>
  (group) => {
    const onkeydown = (event: KeyboardEvent) => {
      const choices = [...group.querySelectorAll<HTMLElement>(`[role="${role}"]`)];
      const at = choices.indexOf(event.target as HTMLElement);
      if (at < 0) return;
      const last = choices.length - 1;
      const next = {
        ArrowRight: at === last ? 0 : at + 1,
        ArrowDown: at === last ? 0 : at + 1,
        ArrowLeft: at === 0 ? last : at - 1,
        ArrowUp: at === 0 ? last : at - 1,
        Home: 0,
        End: last,
      }[event.key];
      const choice = next === undefined ? undefined : choices[next];
      if (!choice || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      choice.focus();
      choice.click();
    };
    group.addEventListener("keydown", onkeydown);
    return () => group.removeEventListener("keydown", onkeydown);
  };
