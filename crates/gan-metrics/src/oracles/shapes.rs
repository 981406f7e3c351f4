//! Which of triangle, square and pentagon an image holds, and where.

use std::f64::consts::TAU;

use super::picture::{Connected, GreyImage, Point, covered, outside, with_rim};

/// Pixels that each shape covers.
const AREA: f64 = 30.0;
/// A bright part is the shape it resembles most if it differs from it by at most this fraction of
/// its energy.
const MAX_MISFIT: f64 = 0.1;
/// What is bright beside the shapes may have at most this fraction of one shape's energy.
const MAX_STRAY: f64 = 0.3;

/// A kind of shape. Its third of the image is the one of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// On the left.
    Triangle,
    /// In the middle.
    Square,
    /// On the right.
    Pentagon,
}

/// What an image of shapes shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShapesReading {
    /// These shapes and the third (0, 1 or 2) each is in, from left to right and from the top.
    Shapes(Vec<(Shape, usize)>),
    /// Something that is none of them.
    Unreadable,
}

/// Whether there is at least one shape, none twice, and each in its third.
pub(super) fn keep_rule(shapes: &[(Shape, usize)]) -> bool {
    let once = |kind| shapes.iter().filter(|(shape, _)| *shape == kind).count() <= 1;
    let in_place = |&(shape, third): &(Shape, usize)| shape as usize == third;
    !shapes.is_empty()
        && [Shape::Triangle, Shape::Square, Shape::Pentagon].into_iter().all(once)
        && shapes.iter().all(in_place)
}

/// Names the shapes: white, upright, each of 30 pixels.
///
/// Each part of the image brighter than a half is compared with the three ideal shapes drawn at its
/// centre; the nearest must be near enough. What is left over beside the shapes must be dark.
#[must_use]
pub fn read_shapes(image: GreyImage) -> ShapesReading {
    if image.has_non_finite() {
        return ShapesReading::Unreadable;
    }
    let mut stray: f64 = image.pixels().map(|(_, value)| value * value).sum();
    let mut shapes = Vec::new();
    for part in image.parts(Connected::Corners, |value| value > 0.5) {
        let centre = image.centre(&part);
        let rim = with_rim(&part);
        let misfit = |shape: Shape| -> f64 {
            let outline = outline(shape, centre);
            let difference = |&[x, y]: &[isize; 2]| {
                let ideal = covered(outside(&outline, [x as f64 + 0.5, y as f64 + 0.5]));
                (image.at(x, y) - ideal).powi(2)
            };
            rim.iter().map(difference).sum()
        };
        let candidates = [Shape::Triangle, Shape::Square, Shape::Pentagon];
        let (shape, misfit) = candidates
            .map(|shape| (shape, misfit(shape)))
            .into_iter()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .expect("three candidates");
        if misfit > MAX_MISFIT * AREA {
            return ShapesReading::Unreadable;
        }
        stray -= rim.iter().map(|&[x, y]| image.at(x, y).powi(2)).sum::<f64>();
        let third = centre[0] * 3.0 / image.width() as f64;
        shapes.push((shape, (third as usize).min(2)));
    }
    if stray > MAX_STRAY * AREA { ShapesReading::Unreadable } else { ShapesReading::Shapes(shapes) }
}

/// The corners of `shape` around `centre`, clockwise on the screen: upright, the square on its side.
fn outline(shape: Shape, [x, y]: Point) -> Vec<Point> {
    let sides = shape as usize + 3;
    let angle = TAU / sides as f64;
    let radius = (AREA / (sides as f64 / 2.0 * angle.sin())).sqrt();
    let first = if shape == Shape::Square { -TAU / 4.0 - angle / 2.0 } else { -TAU / 4.0 };
    let corner = |i| {
        let (sin, cos) = (first + angle * i as f64).sin_cos();
        [x + radius * cos, y + radius * sin]
    };
    (0..sides).map(corner).collect()
}
