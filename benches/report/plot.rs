//! The table as a picture: a bar from the best to the worst document, on a scale on which 1 is the goal.

use std::fmt::Write as _;

use super::Line;

const WIDTH: f64 = 900.0;
const LABELS: f64 = 360.0;
const RIGHT: f64 = 110.0;
const ROW: f64 = 22.0;
const TOP: f64 = 58.0;
/// The ends of the scale, which is logarithmic.
const SCALE: (f64, f64) = (0.1, 8.0);

pub(crate) fn svg(lines: &[Line]) -> String {
    let bars: Vec<_> = lines.iter().filter_map(|line| Some((line, line.of_the_goal?))).collect();
    let mut bottom = TOP;
    let mut body = String::new();
    for (line, (best, worst)) in bars {
        let (from, to) = (x(best), x(worst));
        let class = if line.met { "met" } else { "missed" };
        let text = bottom + 15.0;
        let Line { row, work, against, measured, .. } = line;
        let _ = writeln!(
            body,
            r#"<text class="end" x="{:.1}" y="{text:.1}">{row} {work}, {against}</text>
<rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="12" rx="2"/>
<text x="{:.1}" y="{text:.1}">{measured}</text>"#,
            LABELS - 10.0,
            from - 2.0,
            bottom + 5.0,
            to - from + 4.0,
            to + 8.0,
        );
        bottom += ROW;
    }
    let height = bottom + 16.0;
    let mut axis = String::new();
    for tick in [0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0] {
        let class = if (tick - 1.0_f64).abs() < f64::EPSILON { "goal" } else { "tick" };
        let at = x(tick);
        let _ = writeln!(
            axis,
            r#"<line class="{class}" x1="{at:.1}" y1="{:.1}" x2="{at:.1}" y2="{bottom:.1}"/>
<text class="middle" x="{at:.1}" y="{:.1}">{tick}</text>"#,
            TOP - 6.0,
            TOP - 12.0,
        );
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">
<style>
text {{ font: 12px sans-serif; fill: #24292f }}
.end {{ text-anchor: end }}
.middle {{ text-anchor: middle }}
.tick {{ stroke: #d0d7de }}
.goal {{ stroke: #24292f; stroke-width: 1.5 }}
.met {{ fill: #2da44e }}
.missed {{ fill: #cf222e }}
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="10" y="20">Measured by goal: left of the line at 1 the goal is met. A bar reaches from the best document to the worst.</text>
{axis}{body}</svg>
"##
    )
}

fn x(of_the_goal: f64) -> f64 {
    let (low, high) = SCALE;
    let part = (of_the_goal.clamp(low, high) / low).ln() / (high / low).ln();
    LABELS + part * (WIDTH - LABELS - RIGHT)
}
