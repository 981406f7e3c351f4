//! The microkernel: microtiles of a product, summed in registers.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::lines::{Ahead, ByColumn, ByRow, LhsRows, Lines};
use super::operands::{Epilogue, Lhs, Matrix, Product, Rhs};
use super::pack::{LOW_MR, MR, pack_transposed};
use crate::flex::math;
use crate::flex::out::Out;
use crate::flex::simd::{mul_add, registers};

/// Rows of a microtile whose sums fit into the registers.
#[inline(always)]
pub(crate) fn mr<S: Simd>() -> usize {
    if registers::<S>() >= 32 { MR } else { LOW_MR }
}

/// Rows of a microtile that divide [`MR`] and still keep the multiply-adds busy.
#[inline(always)]
pub(crate) fn low_mr<S: Simd>() -> usize {
    if registers::<S>() >= 32 { MR } else { MR / 2 }
}

/// Vectors of columns of the widest microtile whose sums fit into the registers.
#[inline(always)]
fn nr_vectors<S: Simd>() -> usize {
    if registers::<S>() >= 32 { 3 } else { 2 }
}

/// Columns of the next microtile where `columns` are left: none should be much narrower than the widest.
#[inline(always)]
fn nr<S: Simd>(columns: usize) -> usize {
    let widest = nr_vectors::<S>() * S::F32_LANES;
    // What is left of a third vector would need masks.
    if columns < widest || columns.div_ceil(S::F32_LANES) == 4 {
        columns.min(2 * S::F32_LANES)
    } else {
        widest
    }
}

/// Some rows of a product, in microtiles of `height`, whose operands are near, over a part of the depth.
#[inline(always)]
pub(crate) fn block<S: Simd>(
    simd: S,
    product: &Product<'_>,
    first_row: usize,
    depths: Range<usize>,
    height: usize,
    out: &mut Out<'_>,
    rhs_panel: &mut Vec<f32>,
) {
    let (rows, columns) = (out.rows(), product.columns);
    let mut next = 0;
    while next < columns {
        let columns = next..next + nr::<S>(columns - next);
        next = columns.end;
        let rhs = match product.rhs {
            Rhs::Transposed(rhs) => {
                let stride = columns.len().next_multiple_of(S::F32_LANES);
                pack_transposed(rhs, columns.clone(), depths.clone(), stride, rhs_panel);
                Rhs::Packed(Matrix { values: rhs_panel, stride })
            }
            rhs => rhs,
        };
        let product = &Product { rhs, ..*product };
        for (index, row) in (0..rows).step_by(height).enumerate() {
            // With the number of rows known, all sums stay in registers.
            let sum = match (rows - row).min(height) {
                8 => sum_microtile::<S, 8>,
                7 => sum_microtile::<S, 7>,
                6 => sum_microtile::<S, 6>,
                5 => sum_microtile::<S, 5>,
                4 => sum_microtile::<S, 4>,
                3 => sum_microtile::<S, 3>,
                2 => sum_microtile::<S, 2>,
                _ => sum_microtile::<S, 1>,
            };
            let (columns, depths) = (columns.clone(), depths.clone());
            let out = out.of_rows(row..rows.min(row + height));
            sum(simd, Microtile { product, row: first_row + row, columns, depths, index, out });
        }
    }
}

/// At most [`MR`] rows and [`nr_vectors`] vectors of columns of a product.
struct Microtile<'a> {
    product: &'a Product<'a>,
    /// Its first row.
    row: usize,
    columns: Range<usize>,
    /// The part of the depth that is summed.
    depths: Range<usize>,
    /// How many microtiles lie above it.
    index: usize,
    /// Its rows, all columns.
    out: Out<'a>,
}

/// A microtile of so many rows. Called through a pointer: inlined into one function, all kinds of
/// microtiles keep the compiler busy for minutes.
fn sum_microtile<S: Simd, const ROWS: usize>(simd: S, tile: Microtile<'_>) {
    simd.vectorize(Rows::<ROWS>(tile));
}

struct Rows<'a, const ROWS: usize>(Microtile<'a>);

impl<const ROWS: usize> WithSimd for Rows<'_, ROWS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self(tile) = self;
        let width = tile.columns.len();
        // Of full vectors the compiler knows the width as well, so that nothing is masked.
        if nr_vectors::<S>() == 3 && width == 3 * S::F32_LANES {
            microtile::<S, ROWS, 3>(simd, tile, 3 * S::F32_LANES);
        } else if width == 2 * S::F32_LANES {
            microtile::<S, ROWS, 2>(simd, tile, 2 * S::F32_LANES);
        } else if width > S::F32_LANES {
            microtile::<S, ROWS, 2>(simd, tile, width);
        } else if width == S::F32_LANES {
            microtile::<S, ROWS, 1>(simd, tile, S::F32_LANES);
        } else {
            microtile::<S, ROWS, 1>(simd, tile, width);
        }
    }
}

/// Writes `ROWS` rows of `width` columns, at most `VECTORS` vectors.
#[inline(always)]
fn microtile<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    mut tile: Microtile<'_>,
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
    match tile.product.epilogue {
        Epilogue::Store => {
            for (r, sums) in sums.into_iter().enumerate() {
                store(simd, sums, &mut out.row(r)[first..][..width]);
            }
        }
        Epilogue::BiasActivation(bias, activation) => {
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

/// Adds the products of a microtile over its part of the depth.
#[allow(clippy::needless_range_loop)] // `k` counts through all rows together.
#[inline(always)]
fn sum<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    tile: &Microtile<'_>,
    width: usize,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    let &Microtile { product, row: first_row, ref depths, index, .. } = tile;
    let depths = depths.clone();
    let first_column = tile.columns.start;
    let rhs = match product.rhs {
        Rhs::Windows(windows, first) => {
            let Lhs::Transposed(lhs) = product.lhs else { unreachable!("a transpose") };
            let lhs = Lines::new(lhs, depths.clone(), first_row, ROWS);
            let windows = windows.vectors::<VECTORS>(depths, first + first_column, S::F32_LANES);
            for (k, vectors) in windows.enumerate() {
                let mut rhs = [simd.splat_f32s(0.0); VECTORS];
                for v in 0..VECTORS {
                    rhs[v] = S::as_simd_f32s(vectors[v]).0[0];
                }
                let lhs = lhs.line(k);
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], lhs[r], rhs);
                }
            }
            return sums;
        }
        Rhs::Rows(rhs) => Lines::new(rhs, depths.clone(), first_column, width),
        Rhs::Packed(panel) => Lines::new(panel, 0..depths.len(), 0, width),
        Rhs::Transposed(_) => unreachable!("packed"),
    };
    let ahead = Ahead::new(&rhs, index, VECTORS * S::F32_LANES);
    match product.lhs {
        Lhs::Rows(lhs) => {
            let lhs = ByRow::<ROWS>::new(lhs, first_row, &depths);
            sums = multiply(simd, &lhs, &rhs, &ahead, sums);
        }
        Lhs::Transposed(lhs) => {
            let lhs = ByColumn::<ROWS>::new(lhs, first_row, depths);
            sums = multiply(simd, &lhs, &rhs, &ahead, sums);
        }
        Lhs::Packed { packed, first_row: first } => {
            let values = &packed[(first_row - first) * depths.len()..];
            let tile = Matrix { values, stride: ROWS };
            let lhs = ByColumn::<ROWS>::new(tile, 0, 0..depths.len());
            sums = multiply(simd, &lhs, &rhs, &ahead, sums);
        }
        Lhs::Windows(windows) => {
            let mut at = 0;
            for line in 0..windows.lines() {
                let mut rows = [&windows.line(0, 0)[..0]; ROWS];
                for (r, row) in rows.iter_mut().enumerate() {
                    *row = windows.line(first_row + r, line);
                }
                for k in 0..rows[0].len() {
                    let rhs = load::<S, VECTORS>(simd, rhs.line(at + k));
                    for r in 0..ROWS {
                        add_product(simd, &mut sums[r], rows[r][k], rhs);
                    }
                }
                at += rows[0].len();
            }
        }
        Lhs::TransposedWindows(windows) => {
            for (k, lhs) in windows.column(first_row, depths).enumerate() {
                let rhs = load::<S, VECTORS>(simd, rhs.line(k));
                let lhs = &lhs[..ROWS];
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], lhs[r], rhs);
                }
            }
        }
    }
    sums
}

/// Adds `lhs · rhs`. Nothing is checked on the way: what a processor does beside multiplying and adding
/// is time where another thread shares it.
#[inline(always)]
fn multiply<S: Simd, L: LhsRows<ROWS>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    lhs: &L,
    rhs: &Lines<'_>,
    ahead: &Ahead,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    assert!(lhs.depth() == rhs.count, "the operands fit");
    let whole = rhs.count / Ahead::PACE * Ahead::PACE;
    // In fours, which leaves half as many instructions beside the multiply-adds.
    for first in (0..whole).step_by(Ahead::PACE) {
        ahead.fetch(first);
        for k in first..first + Ahead::PACE {
            // SAFETY: both are that deep.
            #[allow(unsafe_code)]
            unsafe {
                add_products(simd, lhs, rhs, k, &mut sums);
            }
        }
    }
    for k in whole..rhs.count {
        // SAFETY: both are that deep.
        #[allow(unsafe_code)]
        unsafe {
            add_products(simd, lhs, rhs, k, &mut sums);
        }
    }
    sums
}

/// Adds what one row of the right operand gives to every sum.
///
/// # Safety
///
/// `k` is below the depth of both operands.
#[allow(unsafe_code)]
#[inline(always)]
unsafe fn add_products<S: Simd, L: LhsRows<ROWS>, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    lhs: &L,
    rhs: &Lines<'_>,
    k: usize,
    sums: &mut [[S::f32s; VECTORS]; ROWS],
) {
    // SAFETY: the caller's, and there are as many sums as rows.
    unsafe {
        let rhs = load::<S, VECTORS>(simd, rhs.line_unchecked(k));
        for (r, sums) in sums.iter_mut().enumerate() {
            add_product(simd, sums, lhs.value(r, k), rhs);
        }
    }
}

#[inline(always)]
fn add_product<S: Simd, const VECTORS: usize>(
    simd: S,
    sums: &mut [S::f32s; VECTORS],
    lhs: f32,
    rhs: [S::f32s; VECTORS],
) {
    let lhs = simd.splat_f32s(lhs);
    for v in 0..VECTORS {
        sums[v] = mul_add(simd, lhs, rhs[v], sums[v]);
    }
}

/// Vectors of the values in `from`, filled up with zeros.
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
