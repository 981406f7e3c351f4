//! Scatter pictures: points of the plane as dots, darker where many lie.

use super::Picture;

/// Pixels of a side of a scatter picture.
pub const SIDE: usize = 480;

/// The part of the plane that a picture shows: a square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Its middle.
    pub middle: [f32; 2],
    /// Half the length of its side, above 0.
    pub half_side: f32,
}

/// Points to draw, and their colour.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Points; those outside the frame are left out.
    pub points: &'a [[f32; 2]],
    /// Red, green and blue where many lie.
    pub colour: [u8; 3],
}

/// The dot that a point is drawn as: how much of a pixel it hides, at most.
const OPACITY: f32 = 0.6;
/// Radius of a dot in pixels.
const RADIUS: f32 = 1.6;

/// `layers` on white, the first one lowest; a square RGB picture of [`SIDE`] pixels, y upwards.
pub fn scatter(layers: &[Layer<'_>], frame: Frame) -> Picture {
    let mut canvas = vec![[255.0f32; 3]; SIDE * SIDE];
    for Layer { points, colour } in layers {
        let colour = colour.map(f32::from);
        for point in *points {
            draw_dot(&mut canvas, frame.pixel(*point), colour);
        }
    }
    let bytes = canvas.as_flattened().iter().map(|value| value.round() as u8).collect();
    Picture { width: SIDE, height: SIDE, channels: 3, bytes }
}

impl Frame {
    /// A frame that holds all of `points` and some margin.
    pub fn around(points: &[[f32; 2]]) -> Self {
        let bounds = |axis: usize| {
            let values = points.iter().map(|point| point[axis]).filter(|x| x.is_finite());
            values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            })
        };
        let sides = [bounds(0), bounds(1)];
        // Halved first: the difference of two finite numbers may be infinite.
        let half_side = sides.iter().map(|(low, high)| high / 2.0 - low / 2.0).fold(0.0, f32::max);
        match half_side > 0.0 {
            true => {
                let middle = sides.map(|(low, high)| low / 2.0 + high / 2.0);
                Self { middle, half_side: (half_side * 1.15).min(f32::MAX) }
            }
            false => {
                let middle = sides.map(|(low, _)| if low.is_finite() { low } else { 0.0 });
                Self { middle, half_side: 1.0 }
            }
        }
    }

    /// Where a point lies in the picture, in pixels from its upper left corner.
    fn pixel(self, point: [f32; 2]) -> [f32; 2] {
        let place = |axis: usize| {
            let offset = (point[axis] - self.middle[axis]) / self.half_side;
            (1.0 + if axis == 1 { -offset } else { offset }) / 2.0 * SIDE as f32
        };
        [place(0), place(1)]
    }
}

fn draw_dot(canvas: &mut [[f32; 3]], [x, y]: [f32; 2], colour: [f32; 3]) {
    let is_inside = |place: f32| (0.0..SIDE as f32).contains(&place);
    if !is_inside(x) || !is_inside(y) {
        return;
    }
    let pixels = |place: f32| {
        let first = (place - RADIUS).floor().max(0.0) as usize;
        first..((place + RADIUS).ceil() as usize).min(SIDE)
    };
    for row in pixels(y) {
        for column in pixels(x) {
            let distance = (column as f32 + 0.5 - x).hypot(row as f32 + 0.5 - y);
            // Fades over the last pixel, so that dots are round.
            let opacity = OPACITY * (RADIUS - distance).clamp(0.0, 1.0);
            let pixel = &mut canvas[row * SIDE + column];
            for (value, colour) in pixel.iter_mut().zip(colour) {
                *value += opacity * (colour - *value);
            }
        }
    }
}
