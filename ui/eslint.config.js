import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/ipc/types.ts", "src/ipc/client.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: [".svelte"] } },
  },
  {
    rules: {
      // TypeScript knows the names; the rule does not know the types.
      "no-undef": "off",
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // What arrives from outside is text: nothing may be put on the page as HTML.
      "svelte/no-at-html-tags": "error",
      "svelte/button-has-type": "error",
      // The router keeps its place in memory; links are buttons or carry an external address.
      "svelte/no-navigation-without-resolve": "off",
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@tauri-apps/*"], message: "Only src/ipc talks to the shell." },
            {
              regex: "^@lucide/svelte$",
              message: "Import each icon singly: @lucide/svelte/icons/NAME.",
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  },
  {
    files: ["src/**"],
    rules: {
      // WebKit hands a module that is imported twice at once to the second before it was evaluated, if anything that it
      // rests on waits like this (WebKit bug 242740).
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > ExpressionStatement > AwaitExpression, Program > VariableDeclaration > VariableDeclarator > AwaitExpression",
          message: "A module of the window does not wait: screens are imported twice at once.",
        },
      ],
    },
  },
  {
    files: ["src/ipc/**"],
    rules: { "@typescript-eslint/no-restricted-imports": "off" },
  },
  {
    files: ["public/**"],
    languageOptions: { sourceType: "script" },
  },
);
