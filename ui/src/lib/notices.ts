/** What became due is told through the system, to whoever wants that; in front of the window by a notice in it. */
import { notify, takeNotices } from "$ipc/client.ts";
import { onChanged } from "$ipc/events.ts";
import type { DeepLink, Need } from "$ipc/types.ts";
import { t } from "$texts";
import { needNote, needPlace, needTitle } from "../views/needs.ts";
import { attempt } from "./attempt.svelte.ts";
import { linkOf, placeOf } from "./links.ts";
import { go } from "./router.svelte.ts";
import { session } from "./session.svelte.ts";
import { toast } from "./toasts.svelte.ts";

/** More than that are told as one. */
const MOST = 3;

interface Telling {
  title: string;
  body: string;
  link: DeepLink | null;
}

function tellingOf(need: Need): Telling {
  const place = needPlace(need);
  return { title: needTitle(need), body: needNote(need), link: (place && linkOf(place)) ?? null };
}

/** What is said of the news: each, or how many there are. */
export const tellings = (news: readonly Need[]): Telling[] =>
  news.length > MOST ? [{ title: t("notice.many", { n: news.length }), body: news.map(({ name, number }) => [name, number].filter(Boolean).join(" ")).join(", "), link: null }] : news.map(tellingOf);

async function tell(): Promise<void> {
  const news = await takeNotices().catch(() => []);
  for (const telling of tellings(news)) {
    const { title, body, link } = telling;
    // Whoever looks at the window needs no other to say it; nor is a system without notifications a reason to be silent.
    const shown = !document.hasFocus() && (await notify(telling).then(() => true, () => false));
    if (!shown) toast(`${title}: ${body}`, { tone: "info", action: { label: t("notice.show"), run: () => void go(link ? placeOf(link) : { name: "home" }) } });
  }
}

/** Tell what comes, as long as a workspace is open. */
export const tellNotices = (): (() => void) =>
  onChanged((tags) => {
    if (tags.includes("notices")) void tell();
  });

/** Turn it on or off; turned on, the system shows at once whether it does. */
export async function setNotify(on: boolean): Promise<void> {
  await attempt(async () => {
    if (on) await notify({ title: t("notice.on"), body: t("notice.on_text"), link: null });
    await session.set({ notify: on });
  });
}
