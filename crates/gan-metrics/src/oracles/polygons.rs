//! Whether an image holds one filled convex polygon.

use super::picture::{Connected, GreyImage, Point, covered, outside};

/// A figure is convex if its edge dents its convex hull by at most so many pixels.
const MAX_DENT: f64 = 0.5;
/// Corners are those of the hull that lie farther than this from the line between their neighbours.
const CORNER: f64 = 0.8;
/// Grey pixels that are beside no edge, at most.
const MAX_GREY: usize = 6;
/// The hull, drawn anew, may differ from a convex figure by this fraction of the hull's energy.
const MAX_MISFIT: f64 = 0.1;
/// Bright parts smaller than this are specks, not figures.
const SPECK: usize = 6;

/// What an image of a polygon shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PolygonReading {
    /// Clear figures, white on black.
    Figure(Figure),
    /// Specks, grey, or nothing.
    Unreadable,
}

/// What the figures of an image are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Separate figures.
    pub count: usize,
    /// How deep their edges dent the convex hull of them all, in pixels. Holes are dents as well.
    pub dent: f64,
    /// Corners of that hull.
    pub corners: usize,
}

impl Figure {
    /// Whether this is one convex polygon of three to six corners.
    pub(super) fn keeps_rule(&self) -> bool {
        self.count == 1 && self.dent <= MAX_DENT && (3..=6).contains(&self.corners)
    }
}

/// Measures the figure: where the image crosses one half between two pixels is a point of its edge, and
/// all of them lie on the convex hull of a convex figure.
#[must_use]
pub fn read_polygon(image: GreyImage) -> PolygonReading {
    let figures = image.parts(Connected::Corners, |value| value > 0.5);
    let specks = figures.iter().any(|figure| figure.len() < SPECK);
    if image.has_non_finite() || figures.is_empty() || specks || stray_grey(image) > MAX_GREY {
        return PolygonReading::Unreadable;
    }
    let edge = edge_points(image);
    let hull = convex_hull(edge.clone());
    let dent = edge.iter().map(|&point| -outside(&hull, point)).fold(0.0, f64::max);
    if figures.len() == 1 && dent <= MAX_DENT {
        let (mut misfit, mut energy) = (0.0, 0.0);
        for (pixel, value) in image.pixels() {
            let ideal = covered(outside(&hull, pixel));
            misfit += (value - ideal).powi(2);
            energy += ideal * ideal;
        }
        if misfit > MAX_MISFIT * energy {
            return PolygonReading::Unreadable;
        }
    }
    PolygonReading::Figure(Figure { count: figures.len(), dent, corners: corners(hull) })
}

/// Pixels that are neither white nor black, though nothing bright or nothing dark is beside them.
fn stray_grey(image: GreyImage) -> usize {
    let (width, height) = (image.width() as isize, image.height() as isize);
    let grey = |x, y| {
        let around =
            || (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| image.at(x + dx, y + dy)));
        let at_edge = around().any(|value| value > 0.5) && around().any(|value| value <= 0.5);
        (0.2..=0.8).contains(&image.at(x, y)) && !at_edge
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|&(x, y)| grey(x, y)).count()
}

/// Where the brightness, linear between the middles of two pixels side by side, is one half.
fn edge_points(image: GreyImage) -> Vec<Point> {
    let mut points = Vec::new();
    for y in -1..image.height() as isize {
        for x in -1..image.width() as isize {
            let here = image.at(x, y);
            for (dx, dy) in [(1, 0), (0, 1)] {
                let there = image.at(x + dx, y + dy);
                if (here > 0.5) != (there > 0.5) {
                    let way = (0.5 - here) / (there - here);
                    points
                        .push([x as f64 + 0.5 + way * dx as f64, y as f64 + 0.5 + way * dy as f64]);
                }
            }
        }
    }
    points
}

/// The corners of the smallest convex polygon around `points`, clockwise on the screen (Andrew 1979).
fn convex_hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut hull: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = hull[..] {
                let turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
                if turn > 0.0 {
                    break;
                }
                hull.pop();
            }
            hull.push(point);
        }
        hull.pop();
        hull
    };
    let mut hull = half(&mut points.iter().copied());
    hull.append(&mut half(&mut points.iter().rev().copied()));
    hull
}

/// The corners left when those are taken away, flattest first, that hardly differ from a straight
/// line.
fn corners(mut hull: Vec<Point>) -> usize {
    let height = |hull: &[Point], i: usize| {
        let count = hull.len();
        let ([ax, ay], [bx, by]) = (hull[(i + count - 1) % count], hull[(i + 1) % count]);
        let [x, y] = hull[i];
        ((bx - ax) * (y - ay) - (by - ay) * (x - ax)).abs() / (bx - ax).hypot(by - ay)
    };
    while hull.len() > 3 {
        let heights = (0..hull.len()).map(|i| (i, height(&hull, i)));
        let (flattest, lowest) = heights.min_by(|a, b| a.1.total_cmp(&b.1)).expect("corners");
        if lowest > CORNER {
            break;
        }
        hull.remove(flattest);
    }
    hull.len()
}
