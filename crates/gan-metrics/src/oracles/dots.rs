//! How many dots an image holds.

use super::picture::{Connected, GreyImage, covered, with_rim};

/// Radius of a dot, in pixels.
const RADIUS: f64 = 2.0;
/// Sum of the squared pixels of a dot: between 11.3 and 11.9, depending on where its centre lies.
const ENERGY: f64 = 11.6;
/// A bright part is a dot if it differs from the ideal one by at most this fraction of its energy.
const MAX_MISFIT: f64 = 0.25;
/// What is bright beside the dots may have at most this fraction of one dot's energy.
const MAX_STRAY: f64 = 0.5;

/// What an image of dots shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotsReading {
    /// So many dots and nothing else.
    Dots(usize),
    /// Something that is no dot.
    Unreadable,
}

/// Counts the dots: white discs of radius 2 on black.
///
/// Each part of the image brighter than a half must be a dot: the squared difference from a disc drawn
/// at its centre stays below a quarter of the disc's energy (two that touch are far above it). What is
/// left over beside the dots must be dark.
#[must_use]
pub fn read_dots(image: GreyImage) -> DotsReading {
    if image.has_non_finite() {
        return DotsReading::Unreadable;
    }
    let parts = image.parts(Connected::Corners, |value| value > 0.5);
    let mut stray: f64 = image.pixels().map(|(_, value)| value * value).sum();
    for part in &parts {
        let [x, y] = image.centre(part);
        let (mut misfit, mut seen) = (0.0, 0.0);
        for [column, row] in with_rim(part) {
            let pixel = [column as f64 + 0.5, row as f64 + 0.5];
            let ideal = covered((pixel[0] - x).hypot(pixel[1] - y) - RADIUS);
            let value = image.at(column, row);
            misfit += (value - ideal).powi(2);
            seen += value * value;
        }
        if misfit > MAX_MISFIT * ENERGY {
            return DotsReading::Unreadable;
        }
        stray -= seen;
    }
    if stray > MAX_STRAY * ENERGY {
        return DotsReading::Unreadable;
    }
    DotsReading::Dots(parts.len())
}
