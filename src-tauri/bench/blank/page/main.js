// The page is there: the window may be shown.
await globalThis.__TAURI_INTERNALS__.invoke("call", { name: "show", args: {} });
