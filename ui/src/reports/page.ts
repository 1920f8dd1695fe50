/**
 * A page for paper or a file: a component over data, drawn once. The file stands alone: its styles are in it, nothing is
 * fetched, nothing runs. The same page is printed from the window, where print styles show it in place of the screen.
 */
import { flushSync, mount, unmount, type Component } from "svelte";
import { locale } from "$texts";
import tokens from "../styles/tokens.css?raw";
import styles from "./report.css?raw";
import "./report.css";

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The window's fonts are files of its own: a report takes the reader's. */
const sheet = (): string => tokens.replace(/@font-face\s*\{[^}]*\}/g, "") + styles;

function draw<Props extends Record<string, unknown>>(target: Element, page: Component<Props>, props: Props): () => void {
  const drawn = mount(page, { target, props });
  flushSync();
  return () => void unmount(drawn);
}

/** The page as a file that any browser opens and prints. */
export function htmlFile<Props extends Record<string, unknown>>(title: string, page: Component<Props>, props: Props): string {
  const body = document.createElement("div");
  const end = draw(body, page, props);
  const drawn = body.innerHTML.replace(/<!--.*?-->/gs, "");
  end();
  return `<!doctype html>
<html lang="${escape(locale())}" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(title)}</title>
<style>
${sheet()}</style>
</head>
<body class="report">
${drawn}
</body>
</html>
`;
}

let onPaper: { node: Element; end: () => void } | undefined;

/** Print a page. It stays behind the screen until `clearPaper`: a print goes on after the call that asked for it. */
export function print<Props extends Record<string, unknown>>(page: Component<Props>, props: Props): void {
  clearPaper();
  const node = document.createElement("div");
  node.className = "report";
  // Paper is light, whatever the window's theme is.
  node.dataset.theme = "light";
  document.body.append(node);
  onPaper = { node, end: draw(node, page, props) };
  window.print();
}

export function clearPaper(): void {
  onPaper?.end();
  onPaper?.node.remove();
  onPaper = undefined;
}
