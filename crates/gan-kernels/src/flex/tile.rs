//! Tiles of a product, summed in registers.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::Simd;

use super::math;
use super::panels::PANEL;
use super::product::{Finish, Left, Matrix, Product, Right};

/// Rows of a tile, where there are enough registers.
pub(crate) const TILE: usize = 8;

/// Rows of a tile elsewhere.
pub(crate) const LOW_TILE: usize = 6;

/// Rows of a tile whose sums fit into the registers.
#[inline(always)]
pub(crate) fn tile_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { TILE } else { LOW_TILE }
}

/// Rows of a tile that divide [`TILE`] and still keep the multiply-adds busy.
#[inline(always)]
pub(crate) fn low_tile_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { TILE } else { TILE / 2 }
}

/// Some rows of a product, in tiles of `height`, whose factors are near, over a part of the depth.
#[inline(always)]
pub(crate) fn block<S: Simd>(
    simd: S,
    product: &Product<'_>,
    first_row: usize,
    depths: Range<usize>,
    height: usize,
    out: &mut [MaybeUninit<f32>],
    stride: usize,
) {
    let columns = product.columns;
    let rows = out.len().div_ceil(stride);
    for first_column in (0..columns).step_by(2 * S::F32_LANES) {
        let width = (columns - first_column).min(2 * S::F32_LANES);
        for row in (0..rows).step_by(height) {
            let at = Place { row: first_row + row, column: first_column, depths: depths.clone() };
            let out = &mut out[row * stride..];
            // With the number of rows known, all sums stay in registers.
            match (rows - row).min(height) {
                8 => tile::<S, 8>(simd, product, at, width, out, stride),
                7 => tile::<S, 7>(simd, product, at, width, out, stride),
                6 => tile::<S, 6>(simd, product, at, width, out, stride),
                5 => tile::<S, 5>(simd, product, at, width, out, stride),
                4 => tile::<S, 4>(simd, product, at, width, out, stride),
                3 => tile::<S, 3>(simd, product, at, width, out, stride),
                2 => tile::<S, 2>(simd, product, at, width, out, stride),
                _ => tile::<S, 1>(simd, product, at, width, out, stride),
            }
        }
    }
}

/// The first row and column of a tile, and what part of the depth is summed.
struct Place {
    row: usize,
    column: usize,
    depths: Range<usize>,
}

/// Writes `ROWS` rows of at most two vectors to `out`, the first row of which is the tile's and whose
/// rows are `stride` apart.
#[inline(always)]
fn tile<S: Simd, const ROWS: usize>(
    simd: S,
    product: &Product<'_>,
    at: Place,
    width: usize,
    out: &mut [MaybeUninit<f32>],
    stride: usize,
) {
    // Of a full tile the compiler knows the width as well, so that nothing is masked.
    if width == 2 * S::F32_LANES {
        tile_of::<S, ROWS, 2>(simd, product, at, 2 * S::F32_LANES, out, stride);
    } else if width > S::F32_LANES {
        tile_of::<S, ROWS, 2>(simd, product, at, width, out, stride);
    } else if width == S::F32_LANES {
        tile_of::<S, ROWS, 1>(simd, product, at, S::F32_LANES, out, stride);
    } else {
        tile_of::<S, ROWS, 1>(simd, product, at, width, out, stride);
    }
}

#[inline(always)]
fn tile_of<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    product: &Product<'_>,
    at: Place,
    width: usize,
    out: &mut [MaybeUninit<f32>],
    stride: usize,
) {
    let first_column = at.column;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if at.depths.start > 0 {
        for (sums, row) in zip(&mut sums, out.chunks(stride)) {
            let so_far = &row[first_column..][..width];
            // SAFETY: the part of the depth before this one has written them.
            #[allow(unsafe_code)]
            let so_far = unsafe { so_far.assume_init_ref() };
            *sums = load(simd, so_far);
        }
    }
    let sums = sum(simd, product, at, width, sums);
    let out = out.chunks_mut(stride);
    match product.finish {
        Finish::Store => {
            for (sums, row) in zip(sums, out) {
                store(simd, sums, &mut row[first_column..][..width]);
            }
        }
        Finish::Layer(bias, activation) => {
            let bias: [_; VECTORS] = load(simd, &bias[first_column..][..width]);
            for (mut sums, row) in zip(sums, out) {
                for v in 0..VECTORS {
                    sums[v] = math::activate(simd, activation, simd.add_f32s(sums[v], bias[v]));
                }
                store(simd, sums, &mut row[first_column..][..width]);
            }
        }
    }
}

/// Adds the products of a tile over a part of the depth.
#[allow(clippy::needless_range_loop)] // `k` counts through all rows together.
#[inline(always)]
fn sum<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    product: &Product<'_>,
    Place { row: first_row, column: first_column, depths }: Place,
    width: usize,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    let depth = product.depth;
    let (right, offset) = match product.right {
        Right::Rows(right) => (right, first_column),
        Right::Panels(panels) => {
            let panel = &panels[first_column / PANEL * depth * PANEL..][..depth * PANEL];
            (Matrix { numbers: panel, stride: PANEL }, first_column % PANEL)
        }
    };
    let right = Lines::new(right, depths.clone(), offset, width);
    match product.left {
        Left::Rows(left) => {
            let mut rows = [&left.numbers[..0]; ROWS];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = &left.row(first_row + r)[depths.clone()];
            }
            for k in 0..depths.len() {
                let right = load::<S, VECTORS>(simd, right.line(k));
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], rows[r][k], right);
                }
            }
        }
        Left::Tiles { tiles, first_row: first } => {
            let tile = &tiles[(first_row - first) * depths.len()..][..ROWS * depths.len()];
            for (k, left) in tile.chunks_exact(ROWS).enumerate() {
                let right = load::<S, VECTORS>(simd, right.line(k));
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
        }
        Left::Windows(windows) => {
            let mut at = 0;
            for line in 0..windows.lines() {
                let mut rows = [&windows.line(0, 0)[..0]; ROWS];
                for (r, row) in rows.iter_mut().enumerate() {
                    *row = windows.line(first_row + r, line);
                }
                for k in 0..rows[0].len() {
                    let right = load::<S, VECTORS>(simd, right.line(at + k));
                    for r in 0..ROWS {
                        add_product(simd, &mut sums[r], rows[r][k], right);
                    }
                }
                at += rows[0].len();
            }
        }
        Left::TransposedWindows(windows) => {
            for (k, left) in windows.column(first_row, depths).enumerate() {
                let right = load::<S, VECTORS>(simd, right.line(k));
                let left = &left[..ROWS];
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
        }
        Left::Transposed(left) => {
            let left = Lines::new(left, depths.clone(), first_row, ROWS);
            for k in 0..depths.len() {
                let right = load::<S, VECTORS>(simd, right.line(k));
                let left = left.line(k);
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
        }
    }
    sums
}

/// Some columns of some rows of a matrix: slicing the matrix anew for each row costs a processor of two
/// short multiply-adds a cycle as much time as multiplying does.
struct Lines<'a> {
    numbers: &'a [f32],
    stride: usize,
    count: usize,
    width: usize,
}

impl<'a> Lines<'a> {
    #[inline(always)]
    fn new(matrix: Matrix<'a>, rows: Range<usize>, first_column: usize, width: usize) -> Self {
        let (stride, count) = (matrix.stride, rows.len());
        let numbers = &matrix.numbers[rows.start * stride + first_column..];
        assert!((count - 1) * stride + width <= numbers.len(), "the matrix has these columns");
        Self { numbers, stride, count, width }
    }

    #[inline(always)]
    fn line(&self, index: usize) -> &'a [f32] {
        assert!(index < self.count);
        let start = index * self.stride;
        // SAFETY: `new` has seen that the last line ends within the numbers.
        #[allow(unsafe_code)]
        unsafe {
            self.numbers.get_unchecked(start..start + self.width)
        }
    }
}

#[inline(always)]
fn add_product<S: Simd, const VECTORS: usize>(
    simd: S,
    sums: &mut [S::f32s; VECTORS],
    left: f32,
    right: [S::f32s; VECTORS],
) {
    let left = simd.splat_f32s(left);
    for v in 0..VECTORS {
        sums[v] = simd.mul_add_f32s(left, right[v], sums[v]);
    }
}

/// Vectors of the numbers in `from`, filled up with zeros.
#[inline(always)]
fn load<S: Simd, const VECTORS: usize>(simd: S, from: &[f32]) -> [S::f32s; VECTORS] {
    let (full, part) = S::as_simd_f32s(from);
    let mut vectors = [simd.splat_f32s(0.0); VECTORS];
    for v in 0..VECTORS {
        vectors[v] = if v < full.len() { full[v] } else { simd.partial_load_f32s(part) };
    }
    vectors
}

#[inline(always)]
fn store<S: Simd, const VECTORS: usize>(
    simd: S,
    values: [S::f32s; VECTORS],
    to: &mut [MaybeUninit<f32>],
) {
    let (full, part) = S::as_uninit_mut_simd_f32s(to);
    for (v, value) in values.into_iter().enumerate() {
        if v < full.len() {
            full[v].write(value);
        } else {
            let mut lanes = [0.0; 64];
            simd.partial_store_f32s(&mut lanes[..part.len()], value);
            for (to, lane) in zip(&mut *part, lanes) {
                to.write(lane);
            }
        }
    }
}
