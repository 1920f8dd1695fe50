/** Reports leave by one way: into the person's downloads, and the window says where. */
import { saveFile } from "$ipc/client.ts";
import { toast } from "$lib/toasts.svelte.ts";
import { t } from "$texts";

/** Save a text under a name with its ending. */
export async function saveText(name: string, text: string): Promise<void> {
  const { path } = await saveFile({ name, content: { text } });
  toast(t("report.saved", { path }));
}
