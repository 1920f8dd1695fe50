/** The lines of an icon as one path: each element more is one more that is styled, laid out and painted for every icon. */

export type Line = readonly [tag: string, attributes: Readonly<Record<string, string>>];

type Numbers = (name: string) => number;

/** An ellipse from its leftmost point around (https://www.w3.org/TR/SVG2/shapes.html). */
const around = (x: number, y: number, rx: number, ry: number) => `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;

function rectangle(of: Numbers): string {
  const [x, y, width, height] = [of("x"), of("y"), of("width"), of("height")];
  const rx = Math.min(of("rx") || of("ry"), width / 2);
  const ry = Math.min(of("ry") || of("rx"), height / 2);
  if (rx === 0 || ry === 0) return `M${x} ${y}h${width}v${height}h${-width}z`;
  const corner = (dx: number, dy: number) => `a${rx} ${ry} 0 0 1 ${dx} ${dy}`;
  const [across, down] = [width - 2 * rx, height - 2 * ry];
  return `M${x + rx} ${y}h${across}${corner(rx, ry)}v${down}${corner(-rx, ry)}h${-across}${corner(-rx, -ry)}v${-down}${corner(rx, -ry)}z`;
}

/** The shapes that Lucide draws with, as path data. A path that begins with `m` is drawn from where the pen would be. */
const shapes: Readonly<Record<string, (of: Numbers, attributes: Line[1]) => string>> = {
  path: (_, { d = "" }) => (d.startsWith("m") ? `M0 0${d}` : d),
  circle: (of) => around(of("cx"), of("cy"), of("r"), of("r")),
  ellipse: (of) => around(of("cx"), of("cy"), of("rx"), of("ry")),
  line: (of) => `M${of("x1")} ${of("y1")}L${of("x2")} ${of("y2")}`,
  rect: rectangle,
};

const attribute = ([name, value]: [string, string]) => `${name}="${value}"`;

/** The inside of the icon's `svg`: one path, and what is filled or of a shape of its own beside it. */
export function strokes(lines: readonly Line[]): string {
  let path = "";
  let rest = "";
  for (const [tag, attributes] of lines) {
    const shape = "fill" in attributes ? undefined : shapes[tag];
    if (shape) path += shape((name) => Number(attributes[name] ?? 0), attributes);
    else rest += `<${tag} ${Object.entries(attributes).map(attribute).join(" ")}/>`;
  }
  return (path && `<path d="${path}"/>`) + rest;
}
