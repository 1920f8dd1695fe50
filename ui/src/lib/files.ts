/** Files as the window handles them: taken in from a drop, a paste or a choice, shown small, saved. The bytes are the engine's. */
import * as client from "$ipc/client.ts";
import { IpcError } from "$ipc/error.ts";
import type { FileRef, RefusalCode } from "$ipc/types.ts";
import { locale, t } from "$texts";
import { attempt } from "./attempt.svelte.ts";
import { sizeText } from "./size.ts";
import { stamp } from "./time.ts";
import { toast } from "./toasts.svelte.ts";

/** The engine's own bound: what is larger is not even read. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Small pictures that are kept to be shown again. */
const KEPT = 400;

const refused = (code: RefusalCode): IpcError => new IpcError({ code: "refused", refusal: { code, rule: "ours", params: {}, places: [] } });

/** Take a file in; the answer comes when it is durable. */
export async function takeIn(file: File): Promise<FileRef> {
  if (file.size === 0) throw refused("file_empty");
  if (file.size > MAX_BYTES) throw refused("file_too_large");
  return client.addFile({ name: file.name }, await file.arrayBuffer());
}

/** Take several in, one after another; one that cannot be taken says why and keeps none of the others back. */
export async function takeAll(files: readonly File[], each: (file: FileRef) => void): Promise<void> {
  for (const file of files) await attempt(async () => each(await takeIn(file)));
}

/** The picture on the clipboard; `undefined` where there is none. Its name says when. */
export async function takePasted(): Promise<FileRef | undefined> {
  const at = stamp(new Date(), locale()).replace(/[/:]/g, ".");
  const { file } = await client.pasteFile({ name: t("files.pasted_name", { at }) });
  return file ?? undefined;
}

/** The images that can be read, as a choice of files names them. */
export const IMAGES = "image/png,image/jpeg,image/gif,image/webp";

/** *512 × 512 · 12 kB* */
export const fileAbout = ({ pixels, bytes }: FileRef): string =>
  [pixels && t("files.pixels", { width: pixels.width, height: pixels.height }), sizeText(bytes, locale())].filter(Boolean).join(" · ");

/** The files that a paste or a drop brings. */
export const filesOf = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];

const small = new Map<string, Promise<string>>();

/** The address of a small picture, for an `img`. */
export function picture(file: FileRef, side: number): Promise<string> {
  const key = `${file.sha256} ${side}`;
  const known = small.get(key);
  // Asked for last, it goes last.
  small.delete(key);
  const made = known ?? client.thumbnail({ file, side }).then((bytes) => URL.createObjectURL(new Blob([bytes], { type: "image/png" })));
  small.set(key, made);
  if (!known) {
    made.catch(() => small.delete(key));
    const [first] = small;
    if (small.size > KEPT && first) {
      small.delete(first[0]);
      void first[1].then((address) => URL.revokeObjectURL(address)).catch(() => undefined);
    }
  }
  return made;
}

/** Small pictures as addresses that hold them, for a file that stands alone; what cannot be had is left out. */
export async function pictures(files: readonly FileRef[], side: number, most: number): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of files.filter(({ pixels }) => pixels).slice(0, most)) {
    if (found.has(file.sha256)) continue;
    try {
      const bytes = new Uint8Array(await client.thumbnail({ file, side }));
      let text = "";
      for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
      found.set(file.sha256, `data:image/png;base64,${btoa(text)}`);
    } catch {
      // A picture that is not here is named in the report all the same.
    }
  }
  return found;
}

export async function saveCopy(file: FileRef): Promise<void> {
  await attempt(async () => {
    const { files } = await client.saveFiles({ files: [file], folder: null, show: false });
    const show = () => void attempt(() => client.saveFiles({ files: [file], folder: null, show: true }));
    toast(t("files.saved", { path: files[0] ?? "" }), { action: { label: t("files.show_folder"), run: show } });
  });
}

/** The types that the engine opens by the system's program. */
const OPENED = /^(image\/(png|jpeg|gif|webp)|application\/(pdf|json)|video\/(mp4|quicktime|webm)|text\/(plain|csv)|message\/rfc822)$/;
export const opens = (file: FileRef): boolean => OPENED.test(file.media_type);

export const openCopy = (file: FileRef): Promise<boolean> => attempt(() => client.openFile({ file }));

/** In the system's program where that is safe, else as a copy among the downloads. */
export const openOrSave = async (file: FileRef): Promise<void> => (opens(file) ? void (await openCopy(file)) : saveCopy(file));
