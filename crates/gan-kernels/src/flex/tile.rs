//! Tiles of a product, summed in registers.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::Simd;

use super::math;
use super::out::Out;
use super::panels::turn;
use super::prefetch::prefetch;
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
    out: &mut Out<'_>,
    panel: &mut Vec<f32>,
) {
    let (rows, columns) = (out.rows(), product.columns);
    for first_column in (0..columns).step_by(2 * S::F32_LANES) {
        let width = (columns - first_column).min(2 * S::F32_LANES);
        let right = match product.right {
            Right::Transposed(right) => {
                let columns = first_column..first_column + width;
                turn(right, columns, depths.clone(), 2 * S::F32_LANES, panel);
                Right::Panel(panel)
            }
            right => right,
        };
        let product = &Product { right, ..*product };
        for (index, row) in (0..rows).step_by(height).enumerate() {
            let (row_of_all, depths) = (first_row + row, depths.clone());
            let at = Place { row: row_of_all, column: first_column, depths, index };
            let out = &mut out.of_rows(row..rows.min(row + height));
            // With the number of rows known, all sums stay in registers.
            match (rows - row).min(height) {
                8 => tile::<S, 8>(simd, product, at, width, out),
                7 => tile::<S, 7>(simd, product, at, width, out),
                6 => tile::<S, 6>(simd, product, at, width, out),
                5 => tile::<S, 5>(simd, product, at, width, out),
                4 => tile::<S, 4>(simd, product, at, width, out),
                3 => tile::<S, 3>(simd, product, at, width, out),
                2 => tile::<S, 2>(simd, product, at, width, out),
                _ => tile::<S, 1>(simd, product, at, width, out),
            }
        }
    }
}

/// The first row and column of a tile, what part of the depth is summed, and how many tiles lie above.
struct Place {
    row: usize,
    column: usize,
    depths: Range<usize>,
    index: usize,
}

/// Writes `ROWS` rows of at most two vectors to `out`, whose rows are the tile's.
#[inline(always)]
fn tile<S: Simd, const ROWS: usize>(
    simd: S,
    product: &Product<'_>,
    at: Place,
    width: usize,
    out: &mut Out<'_>,
) {
    // Of a full tile the compiler knows the width as well, so that nothing is masked.
    if width == 2 * S::F32_LANES {
        tile_of::<S, ROWS, 2>(simd, product, at, 2 * S::F32_LANES, out);
    } else if width > S::F32_LANES {
        tile_of::<S, ROWS, 2>(simd, product, at, width, out);
    } else if width == S::F32_LANES {
        tile_of::<S, ROWS, 1>(simd, product, at, S::F32_LANES, out);
    } else {
        tile_of::<S, ROWS, 1>(simd, product, at, width, out);
    }
}

#[inline(always)]
fn tile_of<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    product: &Product<'_>,
    at: Place,
    width: usize,
    out: &mut Out<'_>,
) {
    let first_column = at.column;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if at.depths.start > 0 {
        for (r, sums) in sums.iter_mut().enumerate() {
            let so_far = &out.row(r)[first_column..][..width];
            // SAFETY: the part of the depth before this one has written them.
            #[allow(unsafe_code)]
            let so_far = unsafe { so_far.assume_init_ref() };
            *sums = load(simd, so_far);
        }
    }
    let sums = sum(simd, product, at, width, sums);
    match product.finish {
        Finish::Store => {
            for (r, sums) in sums.into_iter().enumerate() {
                store(simd, sums, &mut out.row(r)[first_column..][..width]);
            }
        }
        Finish::Layer(bias, activation) => {
            let bias: [_; VECTORS] = load(simd, &bias[first_column..][..width]);
            for (r, mut sums) in sums.into_iter().enumerate() {
                for v in 0..VECTORS {
                    sums[v] = math::activate(simd, activation, simd.add_f32s(sums[v], bias[v]));
                }
                store(simd, sums, &mut out.row(r)[first_column..][..width]);
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
    Place { row: first_row, column: first_column, depths, index }: Place,
    width: usize,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    let right = match product.right {
        Right::Windows(windows, first) => {
            let Left::Transposed(left) = product.left else { unreachable!("a transpose") };
            let left = Lines::new(left, depths.clone(), first_row, ROWS);
            let windows = windows.vectors::<VECTORS>(depths, first + first_column, S::F32_LANES);
            for (k, vectors) in windows.enumerate() {
                let mut right = [simd.splat_f32s(0.0); VECTORS];
                for v in 0..VECTORS {
                    right[v] = S::as_simd_f32s(vectors[v]).0[0];
                }
                let left = left.line(k);
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
            return sums;
        }
        Right::Rows(right) => Lines::new(right, depths.clone(), first_column, width),
        Right::Panel(panel) => {
            let panel = Matrix { numbers: panel, stride: 2 * S::F32_LANES };
            Lines::new(panel, 0..depths.len(), 0, width)
        }
        Right::Transposed(_) => unreachable!("turned into panels"),
    };
    let ahead = Ahead::new::<S>(&right, index);
    match product.left {
        Left::Rows(left) => {
            let mut rows = [&left.numbers[..0]; ROWS];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = &left.row(first_row + r)[depths.clone()];
            }
            // In fours, which leaves half as many instructions beside the multiply-adds.
            let whole = depths.len() / Ahead::PACE * Ahead::PACE;
            for first in (0..whole).step_by(Ahead::PACE) {
                ahead.fetch(first);
                for k in first..first + Ahead::PACE {
                    let right = load::<S, VECTORS>(simd, right.line(k));
                    for r in 0..ROWS {
                        add_product(simd, &mut sums[r], rows[r][k], right);
                    }
                }
            }
            for k in whole..depths.len() {
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

/// Asks for the columns that are multiplied next, while these are: they come from a farther cache, and lie
/// too far apart for the processor to guess. Each tile asks for a part, so that few are on their way at a
/// time.
struct Ahead {
    first: *const f32,
    stride: usize,
}

impl Ahead {
    /// Rows of the right factor that are multiplied for each line that is asked for.
    const PACE: usize = 4;
    /// Numbers in a cache line.
    const LINE: usize = 16;

    /// What lies right of `right`, as the tile number `index` asks for it.
    #[inline(always)]
    fn new<S: Simd>(right: &Lines<'_>, index: usize) -> Self {
        let lines = (2 * S::F32_LANES).div_ceil(Self::LINE);
        let (row, line) = (index % Self::PACE, index / Self::PACE % lines);
        let offset = row * right.stride + 2 * S::F32_LANES + line * Self::LINE;
        Self { first: right.numbers.as_ptr().wrapping_add(offset), stride: right.stride }
    }

    /// Of one of the rows from `k` on.
    #[inline(always)]
    fn fetch(&self, k: usize) {
        prefetch(self.first.wrapping_add(k * self.stride));
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
