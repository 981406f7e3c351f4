//! An open box seen from the front, in one-point perspective: the edges that recede meet in the
//! vanishing point. Does a generator learn perspective?

use gan_random::Rng;

use super::canvas::{Canvas, Draws, Point, SIDE, archive};
use crate::DataError;

/// Width of the lines, in pixels.
const WIDTH: f64 = 1.2;
const MIDDLE: f64 = SIDE as f64 / 2.0;

/// Boxes with the vanishing point anywhere near the middle. The label is the quarter of the image it
/// lies in: 0 top left, 1 top right, 2 bottom left, 3 bottom right.
pub(super) fn free(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("boxes", samples, rng, |canvas, draws| {
        let point = [draws.between(13.0, 19.0), draws.between(13.0, 19.0)];
        paint(canvas, draws, point);
        Some(u8::from(point[0] >= MIDDLE) + 2 * u8::from(point[1] >= MIDDLE))
    })
}

/// Boxes whose vanishing point is the middle of the image.
pub(super) fn centred(samples: usize, rng: Rng) -> Result<Vec<u8>, DataError> {
    archive("boxes centred", samples, rng, |canvas, draws| {
        paint(canvas, draws, [MIDDLE, MIDDLE]);
        None
    })
}

fn paint(canvas: &mut Canvas, draws: &mut Draws, vanishing_point: Point) {
    let near = [draws.between(2.0, 3.5), draws.between(2.0, 3.5)];
    let far = [draws.between(2.0, 3.5), draws.between(2.0, 3.5)].map(|edge| SIDE as f64 - edge);
    let front = [near, [far[0], near[1]], far, [near[0], far[1]]];
    // The back is the front, drawn nearer to the vanishing point.
    let shrink = draws.between(0.25, 0.33);
    let [x, y] = vanishing_point;
    let back = front.map(|corner| [x + shrink * (corner[0] - x), y + shrink * (corner[1] - y)]);
    for i in 0..4 {
        canvas.paint_line(front[i], front[(i + 1) % 4], WIDTH);
        canvas.paint_line(back[i], back[(i + 1) % 4], WIDTH);
        canvas.paint_line(front[i], back[i], WIDTH);
    }
}
