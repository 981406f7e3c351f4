//! Whether the receding edges of a box meet in one point.

use super::picture::{Connected, GreyImage, Point};

/// The four receding edges meet if they pass the point that fits them best at this root mean square
/// distance, in pixels, or less.
const MAX_RESIDUAL: f64 = 0.55;
/// A vanishing point is that of the image's middle if it lies so many pixels from it or less.
const MAX_OFF_CENTRE: f64 = 0.85;
/// Dark parts smaller than this are specks.
const SPECK: usize = 4;
/// Two dark regions are neighbours if a line as thick as this, in pixels, could part them.
const THICK: f64 = 3.2;
/// Pixels this near to a third region belong to a corner, not to an edge.
const CORNER: f64 = 3.3;
/// Distances are looked at up to so many pixels.
const REACH: isize = 4;

/// What an image of a box shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoxReading {
    /// A front, a back and four edges between them.
    Box {
        /// Root mean square distance of the receding edges from the point below, in pixels.
        residual: f64,
        /// The point that they come nearest to.
        point: [f64; 2],
    },
    /// No such thing.
    Unreadable,
}

/// Whether the edges meet, and in the middle where they must.
pub(super) fn keeps_rule(residual: f64, point: Point, centred: bool) -> bool {
    let off_centre = (point[0] - 16.0).hypot(point[1] - 16.0);
    residual <= MAX_RESIDUAL && (!centred || off_centre <= MAX_OFF_CENTRE)
}

/// Finds the receding edges and the point where they meet.
///
/// The lines of a box part the dark into six regions: one outside, one on the back, and four sides, each
/// beside the outside, the back and two other sides. Between two sides runs a receding edge; a line is
/// fitted to its pixels by total least squares, weighted with their brightness. Four lines in normal
/// form make a matrix that has rank 2 if they meet; the root mean square distance from the best point is
/// how far it is from that.
#[must_use]
pub fn read_box(image: GreyImage) -> BoxReading {
    if image.has_non_finite() {
        return BoxReading::Unreadable;
    }
    let regions = image.parts(Connected::Sides, |value| value <= 0.5);
    let Some(edges) = receding_edges(image, &regions) else { return BoxReading::Unreadable };
    let Some(point) = nearest_point(&edges) else { return BoxReading::Unreadable };
    let squares: f64 = edges.iter().map(|line| line.distance(point).powi(2)).sum();
    BoxReading::Box { residual: (squares / 4.0).sqrt(), point }
}

/// `normal · p = offset`, the normal of length 1.
struct Line {
    normal: Point,
    offset: f64,
}

impl Line {
    fn distance(&self, [x, y]: Point) -> f64 {
        self.normal[0] * x + self.normal[1] * y - self.offset
    }

    /// The line with the least sum of squared distances from weighted points; none through fewer than
    /// two.
    fn fit(points: &[(Point, f64)]) -> Option<Self> {
        let weight: f64 = points.iter().map(|(_, weight)| weight).sum();
        let mean = |axis: usize| points.iter().map(|(p, w)| w * p[axis]).sum::<f64>() / weight;
        let (x, y) = (mean(0), mean(1));
        let moment = |a: usize, b: usize| {
            let centre = [x, y];
            let term = |(p, w): &(Point, f64)| w * (p[a] - centre[a]) * (p[b] - centre[b]);
            points.iter().map(term).sum::<f64>()
        };
        let (xx, xy, yy) = (moment(0, 0), moment(0, 1), moment(1, 1));
        if points.len() < 2 || xx + yy <= 0.0 {
            return None;
        }
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        let normal = [-angle.sin(), angle.cos()];
        Some(Self { normal, offset: normal[0] * x + normal[1] * y })
    }
}

/// The dark regions of an image: which one each pixel belongs to.
struct Regions {
    of: Vec<Option<usize>>,
    width: usize,
}

impl Regions {
    fn at(&self, x: isize, y: isize) -> Option<usize> {
        let height = self.of.len() / self.width;
        let inside = (0..self.width as isize).contains(&x) && (0..height as isize).contains(&y);
        if inside { self.of[y as usize * self.width + x as usize] } else { None }
    }

    /// How far each of the six regions is from a pixel; infinite beyond [`REACH`].
    fn distances(&self, x: isize, y: isize) -> [f64; 6] {
        let mut distances = [f64::INFINITY; 6];
        for (dx, dy) in (-REACH..=REACH).flat_map(|dy| (-REACH..=REACH).map(move |dx| (dx, dy))) {
            if let Some(region) = self.at(x + dx, y + dy) {
                distances[region] = distances[region].min((dx as f64).hypot(dy as f64));
            }
        }
        distances
    }
}

/// The four receding edges, if the dark `parts` are the regions of a box.
fn receding_edges(image: GreyImage, parts: &[Vec<[isize; 2]>]) -> Option<[Line; 4]> {
    if parts.len() != 6 || parts.iter().any(|part| part.len() < SPECK) {
        return None;
    }
    let (width, height) = (image.width(), image.height());
    let mut regions = Regions { of: vec![None; width * height], width };
    for (region, part) in parts.iter().enumerate() {
        part.iter().for_each(|&[x, y]| regions.of[y as usize * width + x as usize] = Some(region));
    }
    let outside = regions.at(0, 0)?;
    let pixels = (0..height as isize).flat_map(|y| (0..width as isize).map(move |x| [x, y]));
    let near: Vec<([isize; 2], [f64; 6])> =
        pixels.map(|[x, y]| ([x, y], regions.distances(x, y))).collect();
    let mut beside = [[false; 6]; 6];
    for &([x, y], distances) in &near {
        if let Some(region) = regions.at(x, y) {
            (0..6).for_each(|other| beside[region][other] |= distances[other] <= THICK);
        }
    }
    let (sides, back): (Vec<usize>, Vec<usize>) =
        (0..6).filter(|&region| region != outside).partition(|&region| beside[region][outside]);
    let &[back] = &back[..] else { return None };
    if sides.iter().any(|&side| !beside[side][back]) {
        return None;
    }
    let sides = &sides;
    let pairs = (0..4).flat_map(|a| (a + 1..4).map(move |b| [sides[a], sides[b]]));
    let edges = pairs.filter_map(|pair| {
        let between = near.iter().filter(|(_, distances)| {
            (0..6).all(|region| match pair.contains(&region) {
                true => distances[region] <= THICK - 1.0,
                false => distances[region] > CORNER,
            })
        });
        edge(image, &between.map(|&(pixel, _)| pixel).collect::<Vec<_>>())
    });
    edges.collect::<Vec<_>>().try_into().ok()
}

/// The line that runs through `pixels`: first through all of them, then through the middles of its
/// brightness in each row that it crosses, or in each column if it is flat.
fn edge(image: GreyImage, pixels: &[[isize; 2]]) -> Option<Line> {
    let middle = |&[x, y]: &[isize; 2]| ([x as f64 + 0.5, y as f64 + 0.5], image.at(x, y));
    let line = Line::fit(&pixels.iter().map(middle).collect::<Vec<_>>())?;
    // The axis to go along and the one to look across.
    let (along, across) = if line.normal[0].abs() > line.normal[1].abs() { (1, 0) } else { (0, 1) };
    let first = pixels.iter().map(|pixel| pixel[along]).min()?;
    let last = pixels.iter().map(|pixel| pixel[along]).max()?;
    let crossing = |at: isize| {
        let there = (line.offset - line.normal[along] * (at as f64 + 0.5)) / line.normal[across];
        let (mut sum, mut moment) = (0.0, 0.0);
        for step in -2..=2 {
            let other = there.floor() as isize + step;
            let value = if along == 1 { image.at(other, at) } else { image.at(at, other) };
            sum += value;
            moment += value * (other as f64 + 0.5);
        }
        let mut point = [at as f64 + 0.5; 2];
        point[across] = moment / sum;
        (sum > 0.5).then_some((point, 1.0))
    };
    Line::fit(&(first..=last).filter_map(crossing).collect::<Vec<_>>())
}

/// The point with the least sum of squared distances from the lines, unless they are parallel.
fn nearest_point(lines: &[Line; 4]) -> Option<Point> {
    let sum = |term: &dyn Fn(&Line) -> f64| lines.iter().map(term).sum::<f64>();
    let (xx, xy) = (sum(&|l| l.normal[0] * l.normal[0]), sum(&|l| l.normal[0] * l.normal[1]));
    let yy = sum(&|l| l.normal[1] * l.normal[1]);
    let (x, y) = (sum(&|l| l.normal[0] * l.offset), sum(&|l| l.normal[1] * l.offset));
    let determinant = xx * yy - xy * xy;
    if determinant < 1e-6 {
        return None;
    }
    Some([(yy * x - xy * y) / determinant, (xx * y - xy * x) / determinant])
}
