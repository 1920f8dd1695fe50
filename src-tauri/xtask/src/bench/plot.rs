//! The rows as a picture: how much of its bar each takes up, and what it was measured against.

use std::fmt::Write as _;

use super::report::{Row, short};

const WIDTH: u32 = 800;
const LINE: u32 = 30;
/// Where the bars begin, and how long one is that is at its bar.
const LEFT: u32 = 190;
const FULL: u32 = 330;
/// A row that takes up more of its bar is drawn cut off.
const MOST: f64 = 1.3;

/// An SVG in which it can be read at a glance which bars are met, on a light page and on a dark one. Rows that are only
/// told are not in it.
pub fn svg(rows: &[Row]) -> String {
    let held: Vec<&Row> = rows.iter().filter(|row| row.bar.is_some()).collect();
    let height = LINE * u32::try_from(held.len()).unwrap_or(u32::MAX) + 34;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-label=\"How much of its bar each row takes up\">\n{STYLE}"
    );
    let mut top = 8;
    for row in held {
        draw(&mut svg, row, top);
        top += LINE;
    }
    let (bar, end) = (LEFT + FULL, top + 4);
    let _ = write!(
        svg,
        "<line class=\"bar\" x1=\"{bar}\" y1=\"4\" x2=\"{bar}\" y2=\"{top}\"/>\n\
         <text class=\"note\" x=\"{bar}\" y=\"{}\" text-anchor=\"middle\">the bar</text>\n\
         <text class=\"note\" x=\"{LEFT}\" y=\"{}\">less is better</text>\n</svg>\n",
        end + 12,
        end + 12,
    );
    svg
}

/// Greys and a red that can be told from both grounds; the verdict stands in words as well.
const STYLE: &str = "<style>\n\
    text { font: 13px system-ui, sans-serif; fill: #57606a } .name { font: 12px ui-monospace, monospace }\n\
    .note { font-size: 11px } .met { fill: #2f81b7 } .missed { fill: #d1242f } .track { fill: #8b949e33 }\n\
    .bar { stroke: #57606a; stroke-dasharray: 3 3 }\n\
    @media (prefers-color-scheme: dark) { text { fill: #adbac7 } .bar { stroke: #adbac7 } }\n\
    </style>\n";

fn draw(svg: &mut String, row: &Row, top: u32) {
    let part = part(row);
    let full = f64::from(FULL);
    let class = if row.ok { "met" } else { "missed" };
    let figure = match (row.ratio, row.bar) {
        (Some(ratio), Some(bar)) => format!("{ratio:.2}× of {bar}×"),
        (None, Some(bar)) => format!("{} of {bar} {}", short(row.value), row.unit),
        (_, None) => short(row.value),
    };
    let verdict = if row.ok { "" } else { ", missed" };
    let (middle, y) = (top + 16, top + 4);
    let _ = write!(
        svg,
        "<text class=\"name\" x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>\n\
         <rect class=\"track\" x=\"{LEFT}\" y=\"{y}\" width=\"{FULL}\" height=\"16\" rx=\"3\"/>\n\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{:.1}\" height=\"16\" rx=\"3\"/>\n\
         <text x=\"{}\" y=\"{middle}\">{figure}{verdict}</text>\n",
        LEFT - 12,
        row.name,
        part * full,
        LEFT + FULL + 112,
    );
}

/// How much of the bar is taken up: 1 at the bar. A bar of nothing is taken up wholly as soon as there is anything.
fn part(row: &Row) -> f64 {
    let (held, bar) = (row.ratio.unwrap_or(row.value), row.bar.unwrap_or_default());
    let part = match row.better {
        super::report::Better::Lower if bar > 0.0 => held / bar,
        super::report::Better::Lower => held,
        super::report::Better::Higher if held > 0.0 => bar / held,
        super::report::Better::Higher => MOST,
    };
    part.clamp(0.0, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects what the picture says: a bar that is missed stands out in colour, length and words.
    #[test]
    fn a_missed_bar_goes_past_the_line() {
        let row = |name: &str, value: f64, bar: Option<f64>| {
            let bar = bar.map_or_else(|| "null".to_owned(), |bar| bar.to_string());
            let line = format!(
                r#"{{"name":"{name}","unit":"ms","value":{value},"floor":null,"bar":{bar},"better":"lower"}}"#
            );
            Row::read(&line).unwrap()
        };
        let rows = [
            row("half", 25.0, Some(50.0)),
            row("over", 90.0, Some(50.0)),
            row("none", 0.0, Some(0.0)),
            row("told", 9.0, None),
        ];
        let svg = svg(&rows);
        assert!(svg.contains("class=\"met\" x=\"190\" y=\"12\" width=\"165.0\""), "{svg}");
        assert!(svg.contains("class=\"missed\" x=\"190\" y=\"42\" width=\"429.0\""), "{svg}");
        assert!(svg.contains("90 of 50 ms, missed"), "{svg}");
        assert!(svg.contains("class=\"met\" x=\"190\" y=\"72\" width=\"0.0\""), "{svg}");
        assert!(!svg.contains("told"), "{svg}");
    }
}
