/** The end of the window: what was typed last is saved before it goes. */
import { writesDone } from "$ipc/call.ts";
import { quit } from "$ipc/client.ts";
import { currentTransport } from "$ipc/transport.ts";

/** Begin to listen; once. Fields save when they, or the window, lose the focus: that is all it takes. */
export const listenForClosing = (): (() => void) =>
  currentTransport().closing(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.dispatchEvent(new Event("blur"));
    void writesDone().then(() => quit());
  });
