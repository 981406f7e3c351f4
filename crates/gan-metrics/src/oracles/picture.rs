//! A grey image as oracles look at it: its pixels, its connected parts, and ideal figures to compare
//! it with.

/// A point in pixels from the top left corner; the middle of the first pixel is (0.5, 0.5).
pub(super) type Point = [f64; 2];

/// A grey image: values in `[0, 1]`, row by row.
#[derive(Clone, Copy, Debug)]
pub struct GreyImage<'a> {
    pixels: &'a [f32],
    width: usize,
}

/// Which neighbours belong together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Connected {
    /// Those that share a side.
    Sides,
    /// Those that share a side or a corner.
    Corners,
}

impl<'a> GreyImage<'a> {
    /// Rows of `width` pixels.
    ///
    /// # Panics
    /// If the last row is not whole.
    #[must_use]
    pub fn new(pixels: &'a [f32], width: usize) -> Self {
        assert!(width > 0 && pixels.len().is_multiple_of(width), "rows of {width} pixels");
        Self { pixels, width }
    }

    pub(super) fn width(self) -> usize {
        self.width
    }

    pub(super) fn height(self) -> usize {
        self.pixels.len() / self.width
    }

    /// The value at column `x` and row `y`; 0 outside.
    pub(super) fn at(self, x: isize, y: isize) -> f64 {
        let inside =
            (0..self.width as isize).contains(&x) && (0..self.height() as isize).contains(&y);
        if inside { f64::from(self.pixels[y as usize * self.width + x as usize]) } else { 0.0 }
    }

    /// Every pixel: its middle and its value.
    pub(super) fn pixels(self) -> impl Iterator<Item = (Point, f64)> {
        let middle = move |index: usize| {
            [(index % self.width) as f64 + 0.5, (index / self.width) as f64 + 0.5]
        };
        self.pixels.iter().enumerate().map(move |(index, &value)| (middle(index), f64::from(value)))
    }

    /// Whether a value of the image is NaN or infinite.
    pub(super) fn has_non_finite(self) -> bool {
        self.pixels.iter().any(|value| !value.is_finite())
    }

    /// The connected parts of the pixels that `belongs`, each a list of (column, row), in the order of
    /// their first pixels.
    pub(super) fn parts(
        self,
        connected: Connected,
        belongs: impl Fn(f64) -> bool,
    ) -> Vec<Vec<[isize; 2]>> {
        let (width, height) = (self.width as isize, self.height() as isize);
        let mut waiting: Vec<bool> = self.pixels.iter().map(|&p| belongs(f64::from(p))).collect();
        let mut parts = Vec::new();
        for start in 0..waiting.len() {
            if !std::mem::take(&mut waiting[start]) {
                continue;
            }
            let mut part = vec![[start as isize % width, start as isize / width]];
            let mut next = 0;
            while let Some(&[x, y]) = part.get(next) {
                next += 1;
                for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
                    let neighbour = connected == Connected::Corners || dx == 0 || dy == 0;
                    let (x, y) = (x + dx, y + dy);
                    if neighbour && (0..width).contains(&x) && (0..height).contains(&y) {
                        let index = (y * width + x) as usize;
                        if std::mem::take(&mut waiting[index]) {
                            part.push([x, y]);
                        }
                    }
                }
            }
            parts.push(part);
        }
        parts
    }

    /// The middle of the brightness of `part` and of the pixels beside it.
    pub(super) fn centre(self, part: &[[isize; 2]]) -> Point {
        let mut sums = [0.0; 3];
        for [x, y] in with_rim(part) {
            let value = self.at(x, y);
            sums[0] += value;
            sums[1] += value * (x as f64 + 0.5);
            sums[2] += value * (y as f64 + 0.5);
        }
        [sums[1] / sums[0], sums[2] / sums[0]]
    }
}

/// The pixels of `part` and those that share a side or a corner with one of them, each once.
pub(super) fn with_rim(part: &[[isize; 2]]) -> Vec<[isize; 2]> {
    let around = |&[x, y]: &[isize; 2]| {
        (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| [x + dx, y + dy]))
    };
    let mut pixels: Vec<[isize; 2]> = part.iter().flat_map(around).collect();
    pixels.sort_unstable();
    pixels.dedup();
    pixels
}

/// How bright a pixel is whose middle is `distance` pixels outside the edge of a white figure.
pub(super) fn covered(distance: f64) -> f64 {
    (0.5 - distance).clamp(0.0, 1.0)
}

/// How many pixels `point` lies outside the convex polygon with these corners, clockwise on the
/// screen; negative inside.
pub(super) fn outside(corners: &[Point], [x, y]: Point) -> f64 {
    let next = corners.iter().cycle().skip(1);
    let beyond = |(&[ax, ay], &[bx, by]): (&Point, &Point)| {
        ((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / (bx - ax).hypot(by - ay)
    };
    corners.iter().zip(next).map(beyond).fold(f64::NEG_INFINITY, f64::max)
}
