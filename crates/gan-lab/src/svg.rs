//! Drawings that follow the page's colours: curves over steps, points and paths in a field of arrows.

use std::fmt::Write;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 240.0;
/// Around what is drawn: left and below it stand numbers.
const MARGIN: f64 = 10.0;
const FOR_NUMBERS: f64 = 18.0;
/// Points of a curve, at most: more cannot be seen.
const MAX_POINTS: usize = 400;

/// A line of a drawing: its colour on the page (`--a` is what goes wrong, `--b` the cure) and its
/// points.
pub(crate) struct Line {
    pub(crate) colour: &'static str,
    pub(crate) points: Vec<[f64; 2]>,
}

/// The rectangle that a drawing shows.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) x: [f64; 2],
    pub(crate) y: [f64; 2],
}

/// A drawing in the making.
pub(crate) struct Drawing {
    svg: String,
    view: View,
    /// What is drawn is this high.
    height: f64,
    width: f64,
}

impl View {
    /// Just around the finite points of `lines`.
    pub(crate) fn around(lines: &[Line]) -> Self {
        let range = |axis: usize| {
            let values = lines.iter().flat_map(|line| &line.points).map(move |point| point[axis]);
            let values = values.filter(|value| value.is_finite());
            let low = values.clone().fold(f64::INFINITY, f64::min);
            let high = values.fold(f64::NEG_INFINITY, f64::max);
            match low.partial_cmp(&high) {
                Some(std::cmp::Ordering::Less) => [low, high],
                Some(std::cmp::Ordering::Equal) => [low - 1.0, low + 1.0],
                _ => [0.0, 1.0],
            }
        };
        Self { x: range(0), y: range(1) }
    }

    /// The square around (0, 0) that reaches so far to each side.
    pub(crate) fn square(reach: f64) -> Self {
        Self { x: [-reach, reach], y: [-reach, reach] }
    }
}

/// `lines` over `below` (steps), with the ends of both axes in numbers.
pub(crate) fn chart(lines: &[Line], below: &str) -> String {
    let view = View::around(lines);
    let mut drawing = Drawing::begin(view, WIDTH, HEIGHT - FOR_NUMBERS);
    drawing.lines(lines);
    let bottom = HEIGHT - 4.0;
    let mut write = |x: f64, y: f64, anchor: &str, text: String| {
        let _ =
            write!(drawing.svg, r#"<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#);
    };
    write(MARGIN, bottom, "start", format!("{below} {:.0}", view.x[0]));
    write(WIDTH - MARGIN, bottom, "end", format!("{:.0}", view.x[1]));
    write(MARGIN + 2.0, MARGIN + 10.0, "start", short(view.y[1]));
    write(MARGIN + 2.0, HEIGHT - FOR_NUMBERS - MARGIN - 3.0, "start", short(view.y[0]));
    drawing.end(HEIGHT)
}

/// A number in few characters.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e4 || (size < 1e-2 && size > 0.0) => format!("{value:.1e}"),
        size if size >= 10.0 => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

impl Drawing {
    /// A square one.
    pub(crate) fn square(view: View) -> Self {
        Self::begin(view, HEIGHT, HEIGHT)
    }

    fn begin(view: View, width: f64, height: f64) -> Self {
        let svg = format!(
            r#"<rect width="{width}" height="{height}" fill="none" stroke="var(--line)"/>"#
        );
        Self { svg, view, height, width }
    }

    /// Where a point of the view lies.
    fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let View { x: [left, right], y: [low, high] } = self.view;
        let (across, up) = ((x - left) / (right - left), (y - low) / (high - low));
        let (width, height) = (self.width - 2.0 * MARGIN, self.height - 2.0 * MARGIN);
        [MARGIN + across * width, self.height - MARGIN - up * height]
    }

    fn is_inside(&self, [x, y]: [f64; 2]) -> bool {
        (0.0..=self.width).contains(&x) && (0.0..=self.height).contains(&y)
    }

    /// Each up to where it leaves the view or is no longer finite.
    pub(crate) fn lines(&mut self, lines: &[Line]) {
        for Line { colour, points } in lines {
            let stride = points.len().div_ceil(MAX_POINTS).max(1);
            let last = points.len().saturating_sub(1);
            let shown = points.iter().enumerate();
            let shown = shown.filter(|&(i, _)| i % stride == 0 || i == last);
            let places = shown.map(|(_, &point)| self.place(point));
            let inside: Vec<[f64; 2]> = places.take_while(|&place| self.is_inside(place)).collect();
            let places: Vec<String> =
                inside.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
            let _ = write!(
                self.svg,
                r#"<polyline points="{}" fill="none" stroke="var({colour})" stroke-width="1.3"/>"#,
                places.join(" ")
            );
        }
    }

    /// Dots of `radius` pixels.
    pub(crate) fn dots(&mut self, points: &[[f64; 2]], colour: &str, radius: f64) {
        let _ = write!(self.svg, r#"<g fill="var({colour})">"#);
        for &point in points {
            let [x, y] = self.place(point);
            if self.is_inside([x, y]) {
                let _ = write!(self.svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}"/>"#);
            }
        }
        self.svg += "</g>";
    }

    /// An arrow at each point of a lattice, along `field` there; only its direction is shown.
    pub(crate) fn arrows(&mut self, columns: u32, field: impl Fn(&[[f64; 2]]) -> Vec<[f64; 2]>) {
        let at = lattice(self.view, columns);
        for (&from, [dx, dy]) in at.iter().zip(field(&at)) {
            let length = dx.hypot(dy);
            if length == 0.0 || !length.is_finite() {
                continue;
            }
            let reach = 0.6 * self.width / f64::from(columns);
            let [x, y] = self.place(from);
            let [dx, dy] = [dx / length * reach, -dy / length * reach];
            let _ = write!(
                self.svg,
                r#"<path d="M{x:.1} {y:.1}l{dx:.1} {dy:.1}" stroke="var(--line)"/><circle cx="{:.1}" cy="{:.1}" r="1.3" fill="var(--line)"/>"#,
                x + dx,
                y + dy
            );
        }
    }

    /// The SVG element.
    pub(crate) fn finish(self) -> String {
        let height = self.height;
        self.end(height)
    }

    fn end(self, height: f64) -> String {
        format!(r#"<svg viewBox="0 0 {} {height}" role="img">{}</svg>"#, self.width, self.svg)
    }
}

/// The middles of so many columns and rows.
fn lattice(View { x, y }: View, columns: u32) -> Vec<[f64; 2]> {
    let along = |[low, high]: [f64; 2], i: u32| {
        low + (high - low) * (f64::from(i) + 0.5) / f64::from(columns)
    };
    let rows = 0..columns;
    rows.flat_map(|row| (0..columns).map(move |column| [along(x, column), along(y, row)])).collect()
}
