import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Lucide's icons are drawn by a component of ours: theirs took a third of the time in which the window came up. */
const icons: Plugin = {
  name: "icons",
  enforce: "pre",
  resolveId: (id, from) => (id.endsWith("/Icon.svelte") && from?.includes("/@lucide/svelte/dist/icons/") ? src("parts/IconLines.svelte") : undefined),
};

export default defineConfig({
  plugins: [icons, svelte()],
  resolve: {
    alias: {
      $lib: src("lib"),
      $parts: src("parts"),
      $ipc: src("ipc"),
      $texts: src("texts/index.ts"),
    },
    // Under vitest the browser build of Svelte is wanted, not the server's.
    conditions: process.env.VITEST ? ["browser", "module", "import", "default"] : undefined,
  },
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    // The oldest engine that shows the window: WebKitGTK 2.40 and its siblings.
    target: ["safari16.4", "chrome111"],
    // Data URLs would need their own word in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What the first look needs comes in one piece, each piece more being one more question that the window waits for;
    // but what asks the engine for it goes before it, so that the answers are there by the time it is read.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "ahead", test: /src\/(ahead|ipc\/|lib\/closing)|@tauri-apps/, tags: ["$initial"], priority: 2 },
            { name: "first", tags: ["$initial"], priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    restoreMocks: true,
    // What a test waits for ends by itself or never; a busy machine only takes longer.
    testTimeout: 20_000,
    // Reports carry these two inside them.
    css: { include: [/tokens\.css/, /report\.css/] },
  },
});
