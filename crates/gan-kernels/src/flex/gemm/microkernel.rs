//! Tiles of a product, summed in registers.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::lines::{Ahead, ByColumn, ByRow, LeftRows, Lines};
use super::math;
use super::out::Out;
use super::panels::turn;
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

/// Vectors of columns of the widest tile whose sums fit into the registers.
#[inline(always)]
fn tile_vectors<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 3 } else { 2 }
}

/// Columns of the next tile where `columns` are left: none should be much narrower than the widest.
#[inline(always)]
fn tile_columns<S: Simd>(columns: usize) -> usize {
    let widest = tile_vectors::<S>() * S::F32_LANES;
    // What is left of a third vector would need masks.
    if columns < widest || columns.div_ceil(S::F32_LANES) == 4 {
        columns.min(2 * S::F32_LANES)
    } else {
        widest
    }
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
    let mut next = 0;
    while next < columns {
        let columns = next..next + tile_columns::<S>(columns - next);
        next = columns.end;
        let right = match product.right {
            Right::Transposed(right) => {
                let stride = columns.len().next_multiple_of(S::F32_LANES);
                turn(right, columns.clone(), depths.clone(), stride, panel);
                Right::Panel(Matrix { numbers: panel, stride })
            }
            right => right,
        };
        let product = &Product { right, ..*product };
        for (index, row) in (0..rows).step_by(height).enumerate() {
            // With the number of rows known, all sums stay in registers.
            let sum = match (rows - row).min(height) {
                8 => sum_tile::<S, 8>,
                7 => sum_tile::<S, 7>,
                6 => sum_tile::<S, 6>,
                5 => sum_tile::<S, 5>,
                4 => sum_tile::<S, 4>,
                3 => sum_tile::<S, 3>,
                2 => sum_tile::<S, 2>,
                _ => sum_tile::<S, 1>,
            };
            let (columns, depths) = (columns.clone(), depths.clone());
            let out = out.of_rows(row..rows.min(row + height));
            sum(simd, Tile { product, row: first_row + row, columns, depths, index, out });
        }
    }
}

/// At most [`TILE`] rows and [`tile_vectors`] vectors of columns of a product.
struct Tile<'a> {
    product: &'a Product<'a>,
    /// Its first row.
    row: usize,
    columns: Range<usize>,
    /// The part of the depth that is summed.
    depths: Range<usize>,
    /// How many tiles lie above it.
    index: usize,
    /// The tile's rows, all columns.
    out: Out<'a>,
}

/// A tile of so many rows. Called through a pointer: inlined into one function, all kinds of tiles keep the
/// compiler busy for minutes.
fn sum_tile<S: Simd, const ROWS: usize>(simd: S, tile: Tile<'_>) {
    simd.vectorize(Rows::<ROWS>(tile));
}

struct Rows<'a, const ROWS: usize>(Tile<'a>);

impl<const ROWS: usize> WithSimd for Rows<'_, ROWS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self(tile) = self;
        let width = tile.columns.len();
        // Of full vectors the compiler knows the width as well, so that nothing is masked.
        if tile_vectors::<S>() == 3 && width == 3 * S::F32_LANES {
            tile_of::<S, ROWS, 3>(simd, tile, 3 * S::F32_LANES);
        } else if width == 2 * S::F32_LANES {
            tile_of::<S, ROWS, 2>(simd, tile, 2 * S::F32_LANES);
        } else if width > S::F32_LANES {
            tile_of::<S, ROWS, 2>(simd, tile, width);
        } else if width == S::F32_LANES {
            tile_of::<S, ROWS, 1>(simd, tile, S::F32_LANES);
        } else {
            tile_of::<S, ROWS, 1>(simd, tile, width);
        }
    }
}

/// Writes `ROWS` rows of `width` columns, at most `VECTORS` vectors.
#[inline(always)]
fn tile_of<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut tile: Tile<'_>,
    width: usize,
) {
    let first = tile.columns.start;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if tile.depths.start > 0 {
        for (r, sums) in sums.iter_mut().enumerate() {
            let so_far = &tile.out.row(r)[first..][..width];
            // SAFETY: the part of the depth before this one has written them.
            #[allow(unsafe_code)]
            let so_far = unsafe { so_far.assume_init_ref() };
            *sums = load(simd, so_far);
        }
    }
    let sums = sum(simd, &tile, width, sums);
    let out = &mut tile.out;
    match tile.product.finish {
        Finish::Store => {
            for (r, sums) in sums.into_iter().enumerate() {
                store(simd, sums, &mut out.row(r)[first..][..width]);
            }
        }
        Finish::Layer(bias, activation) => {
            let bias: [_; VECTORS] = load(simd, &bias[first..][..width]);
            for (r, mut sums) in sums.into_iter().enumerate() {
                for v in 0..VECTORS {
                    sums[v] = math::activate(simd, activation, simd.add_f32s(sums[v], bias[v]));
                }
                store(simd, sums, &mut out.row(r)[first..][..width]);
            }
        }
    }
}

/// Adds the products of a tile over its part of the depth.
#[allow(clippy::needless_range_loop)] // `k` counts through all rows together.
#[inline(always)]
fn sum<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: &Tile<'_>,
    width: usize,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    let &Tile { product, row: first_row, ref depths, index, .. } = tile;
    let depths = depths.clone();
    let first_column = tile.columns.start;
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
        Right::Panel(panel) => Lines::new(panel, 0..depths.len(), 0, width),
        Right::Transposed(_) => unreachable!("turned into panels"),
    };
    let ahead = Ahead::new(&right, index, VECTORS * S::F32_LANES);
    match product.left {
        Left::Rows(left) => {
            let left = ByRow::<ROWS>::new(left, first_row, &depths);
            sums = multiply(simd, &left, &right, &ahead, sums);
        }
        Left::Transposed(left) => {
            let left = ByColumn::<ROWS>::new(left, first_row, depths);
            sums = multiply(simd, &left, &right, &ahead, sums);
        }
        Left::Tiles { tiles, first_row: first } => {
            let numbers = &tiles[(first_row - first) * depths.len()..];
            let tile = Matrix { numbers, stride: ROWS };
            let left = ByColumn::<ROWS>::new(tile, 0, 0..depths.len());
            sums = multiply(simd, &left, &right, &ahead, sums);
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
    }
    sums
}

/// Adds `left · right`. Nothing is checked on the way: what a processor does beside multiplying and adding
/// is time where another thread shares it.
#[inline(always)]
fn multiply<S: Simd, L: LeftRows<ROWS>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    left: &L,
    right: &Lines<'_>,
    ahead: &Ahead,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    assert!(left.depth() == right.count, "the factors fit");
    let whole = right.count / Ahead::PACE * Ahead::PACE;
    // In fours, which leaves half as many instructions beside the multiply-adds.
    for first in (0..whole).step_by(Ahead::PACE) {
        ahead.fetch(first);
        for k in first..first + Ahead::PACE {
            // SAFETY: both are that deep.
            #[allow(unsafe_code)]
            unsafe {
                add_products(simd, left, right, k, &mut sums);
            }
        }
    }
    for k in whole..right.count {
        // SAFETY: both are that deep.
        #[allow(unsafe_code)]
        unsafe {
            add_products(simd, left, right, k, &mut sums);
        }
    }
    sums
}

/// Adds what one row of the right factor gives to every sum.
///
/// # Safety
///
/// `k` is below the depth of both factors.
#[allow(unsafe_code)]
#[inline(always)]
unsafe fn add_products<S: Simd, L: LeftRows<ROWS>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    left: &L,
    right: &Lines<'_>,
    k: usize,
    sums: &mut [[S::f32s; VECTORS]; ROWS],
) {
    // SAFETY: the caller's, and there are as many sums as rows.
    unsafe {
        let right = load::<S, VECTORS>(simd, right.line_unchecked(k));
        for (r, sums) in sums.iter_mut().enumerate() {
            add_product(simd, sums, left.number(r, k), right);
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
