//! How small a violation of perspective the oracle sees: boxes one corner of which is off by a known size.

use gan_metrics::oracles::{BoxReading, GreyImage, Scene, Verdict, read_box};
use gan_random::{Rng, Stream};

use super::percent;
use crate::Lab;
use crate::page::{Panel, Section, Table};
use crate::svg::{Line, chart};

const SIDE: usize = 32;
/// Width of the lines, in pixels, as of the data.
const WIDTH: f64 = 1.2;
/// By how many pixels a corner is off.
const SHIFTS: [f64; 7] = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0];

type Point = [f64; 2];

/// Detection against size, by the oracle of `boxes`.
pub(super) fn detection(lab: &Lab<'_>) -> Section {
    let boxes = lab.choose(10, 200, 1_000);
    (lab.progress)("boxes with violations of known size", 0.0);
    let mut table = Table::new(["corner off by, pixels", "median residual", "called wrong"]);
    let (mut detected, mut residuals) = (Vec::new(), Vec::new());
    for (index, shift) in SHIFTS.into_iter().enumerate() {
        let images = (0..boxes).map(|image| draw(lab.seed, (index as u64) << 32 | image, shift));
        let (mut wrong, mut measured) = (0, Vec::new());
        for pixels in images {
            let image = GreyImage::new(&pixels, SIDE);
            wrong += u32::from(Scene::Box { centred: false }.verdict(image) == Verdict::Wrong);
            if let BoxReading::Box { residual, .. } = read_box(image) {
                measured.push(residual);
            }
        }
        measured.sort_by(f64::total_cmp);
        let median = measured.get(measured.len() / 2).copied().unwrap_or(f64::NAN);
        let fraction = f64::from(wrong) / boxes as f64;
        detected.push([shift, fraction]);
        residuals.push([shift, median]);
        table.row([format!("{shift}"), format!("{median:.2}"), percent(fraction)]);
    }
    let lines =
        [Line { colour: "--b", points: detected }, Line { colour: "--real", points: residuals }];
    Section {
        heading: "How small a violation is seen".to_owned(),
        text: format!(
            "{boxes} boxes of each kind, one corner of the back pushed off its edge. The oracle calls a \
             box wrong when its four receding edges miss the point that fits them best by more than \
             0.55 pixels (root mean square), which real boxes hardly ever do. Blue: the fraction that is \
             called wrong; grey: the median residual, in pixels; to the right: pixels of the push."
        ),
        panels: vec![Panel::svg("detection against size", chart(&lines, "off by"))],
        table: Some(table),
        ..Section::default()
    }
}

/// A box as of the data, one corner of whose back is `shift` pixels off, across its edge.
fn draw(seed: u64, image: u64, shift: f64) -> Vec<f32> {
    let units = Rng::new(seed).uniform(Stream::Evaluation, image, 9, 0.0, 1.0);
    let between = |i: usize, low: f64, high: f64| low + (high - low) * f64::from(units[i]);
    let side = SIDE as f64;
    let vanishing = [between(0, 13.0, 19.0), between(1, 13.0, 19.0)];
    let near = [between(2, 2.0, 3.5), between(3, 2.0, 3.5)];
    let far = [side - between(4, 2.0, 3.5), side - between(5, 2.0, 3.5)];
    let front = [near, [far[0], near[1]], far, [near[0], far[1]]];
    let shrink = between(6, 0.25, 0.33);
    let towards = |from: f64, to: f64| to + shrink * (from - to);
    let mut back = front.map(|[x, y]| [towards(x, vanishing[0]), towards(y, vanishing[1])]);
    let corner = between(7, 0.0, 3.999) as usize;
    let along = [back[corner][0] - front[corner][0], back[corner][1] - front[corner][1]];
    let length = along[0].hypot(along[1]);
    let sign = if units[8] < 0.5 { -1.0 } else { 1.0 };
    back[corner][0] -= sign * shift * along[1] / length;
    back[corner][1] += sign * shift * along[0] / length;
    let mut pixels = vec![0.0; SIDE * SIDE];
    for i in 0..4 {
        let next = (i + 1) % 4;
        for (from, to) in [(front[i], front[next]), (back[i], back[next]), (front[i], back[i])] {
            paint_line(&mut pixels, from, to);
        }
    }
    pixels
}

fn paint_line(pixels: &mut [f32], [ax, ay]: Point, [bx, by]: Point) {
    let (dx, dy) = (bx - ax, by - ay);
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = ((index % SIDE) as f64 + 0.5, (index / SIDE) as f64 + 0.5);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let distance = (x - ax - along * dx).hypot(y - ay - along * dy) - WIDTH / 2.0;
        *pixel = pixel.max((0.5 - distance).clamp(0.0, 1.0) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_boxes_are_right_and_two_pixels_are_seen() {
        let right = |shift: f64| {
            let verdicts = (0..50).map(|image| {
                let pixels = draw(3, image, shift);
                Scene::Box { centred: false }.verdict(GreyImage::new(&pixels, SIDE))
            });
            verdicts.filter(|&verdict| verdict == Verdict::Right).count()
        };
        assert_eq!(right(0.0), 50);
        assert_eq!(right(2.0), 0);
    }
}
