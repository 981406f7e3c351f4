//! Matrix products of layers, with what follows them.
//!
//! A tile of 8 rows and two vectors of columns is summed in registers, straight from the matrices
//! as they lie; those of a small layer stay in the second cache. Every number is one sum over the
//! depth, in order, so tiles and threads may be cut anywhere without changing a bit.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::panels::PANEL;
use super::threads::filled;
use super::{math, simd};
use crate::Activation;

/// Rows of a tile, where there are enough registers.
const TILE: usize = 8;

/// Numbers of the left factor that stay in the second cache while all columns pass.
const CACHED: usize = 65_536;

/// Tiles that are filled together: a line of them is some whole cache lines.
const TILES: usize = 8;

/// The left factor, `[rows, depth]`.
#[derive(Clone, Copy)]
pub(crate) enum Left<'a> {
    /// Row by row.
    Rows(&'a [f32]),
    /// Column by column: the transpose of a matrix that lies row by row.
    Transposed(&'a [f32]),
    /// In tiles, which a product makes of the transpose by itself.
    Tiles { tiles: &'a [f32], first_row: usize },
}

/// The right factor, `[depth, columns]`.
#[derive(Clone, Copy)]
pub(crate) enum Right<'a> {
    /// Row by row.
    Rows(&'a [f32]),
    /// In [`panels`](super::panels::panels).
    Panels(&'a [f32]),
}

/// What happens to a sum before it is stored.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a> {
    /// Nothing.
    Store,
    /// The bias of its column is added, then the activation applied.
    Layer(&'a [f32], Activation),
}

/// A product of two matrices, or several of the same sizes whose factors, biases and results lie one
/// behind the other.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    pub left: Left<'a>,
    pub right: Right<'a>,
    /// How many products.
    pub count: usize,
    pub rows: usize,
    pub depth: usize,
    pub columns: usize,
    pub finish: Finish<'a>,
}

impl<'a> Product<'a> {
    /// The products, `[count · rows, columns]`, row by row.
    pub fn compute(&self) -> Vec<f32> {
        let rows = self.count * self.rows;
        let work = rows * self.depth * self.columns;
        filled(rows, self.columns, TILE, work, |mut first_row, mut out| {
            while !out.is_empty() {
                let (index, row) = (first_row / self.rows, first_row % self.rows);
                let rows = (out.len() / self.columns).min(self.rows - row);
                let (now, rest) = out.split_at_mut(rows * self.columns);
                simd::dispatch(Block { product: self.one(index), first_row: row, out: now });
                (first_row, out) = (first_row + rows, rest);
            }
        })
    }

    /// One of the products.
    fn one(&self, index: usize) -> Product<'a> {
        let part = |numbers: &'a [f32]| {
            let length = numbers.len() / self.count;
            &numbers[index * length..][..length]
        };
        Product {
            left: match self.left {
                Left::Rows(left) => Left::Rows(part(left)),
                Left::Transposed(left) => Left::Transposed(part(left)),
                tiles @ Left::Tiles { .. } => tiles,
            },
            right: match self.right {
                Right::Rows(right) => Right::Rows(part(right)),
                Right::Panels(right) => Right::Panels(part(right)),
            },
            finish: match self.finish {
                Finish::Layer(bias, activation) => Finish::Layer(part(bias), activation),
                Finish::Store => Finish::Store,
            },
            count: 1,
            ..*self
        }
    }
}

/// Some rows of a product.
pub(crate) struct Block<'a> {
    pub product: Product<'a>,
    pub first_row: usize,
    pub out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { product, first_row, out } = self;
        let Product { left, depth, columns, .. } = product;
        match left {
            Left::Rows(_) => {
                let rows = CACHED.div_ceil(depth).next_multiple_of(TILE).max(4 * TILE);
                for (index, out) in out.chunks_mut(rows * columns).enumerate() {
                    block(simd, &product, first_row + index * rows, 0..depth, out);
                }
            }
            // What is read once, or stays in the second cache, is read as it lies.
            Left::Transposed(left) if columns <= PANEL || left.len() <= 4 * CACHED => {
                block(simd, &product, first_row, 0..depth, out);
            }
            Left::Transposed(left) => {
                assert!(matches!(product.finish, Finish::Store), "sums in parts are not finished");
                let (height, width) = (tile_rows::<S>(), product.rows);
                let mut tiles = Vec::new();
                for (index, out) in out.chunks_mut(TILES * height * columns).enumerate() {
                    let first_row = first_row + index * TILES * height;
                    let rows = first_row..first_row + out.len() / columns;
                    let part = CACHED.div_ceil(rows.len());
                    for start in (0..depth).step_by(part) {
                        let depths = start..depth.min(start + part);
                        let lines = &left[depths.start * width..depths.end * width];
                        fill_tiles(&mut tiles, lines, width, rows.clone(), height);
                        let left = Left::Tiles { tiles: &tiles, first_row };
                        block(simd, &Product { left, ..product }, first_row, depths, out);
                    }
                }
            }
            Left::Tiles { .. } => unreachable!("tiles are made here"),
        }
    }
}

/// Rows of a tile whose sums fit into the registers.
#[inline(always)]
fn tile_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { TILE } else { 6 }
}

/// Makes `tiles` some `rows` of the transpose of `lines`, which are `width` long, in the order in which
/// they are read: `height` rows (of the last tile, those that are left) column by column, then the
/// next.
#[inline(always)]
fn fill_tiles(
    tiles: &mut Vec<f32>,
    lines: &[f32],
    width: usize,
    rows: Range<usize>,
    height: usize,
) {
    let depth = lines.len() / width;
    tiles.resize(depth * rows.len(), 0.0);
    for (k, line) in lines.chunks_exact(width).enumerate() {
        let line = &line[rows.clone()];
        for (tile, numbers) in zip(tiles.chunks_mut(depth * height), line.chunks(height)) {
            let tile = &mut tile[k * numbers.len()..][..numbers.len()];
            // A copy whose length the compiler knows is one instruction.
            match numbers.len() {
                TILE => tile[..TILE].copy_from_slice(&numbers[..TILE]),
                _ => tile.copy_from_slice(numbers),
            }
        }
    }
}

/// Some rows of a product, whose factors are near, over a part of the depth.
#[inline(always)]
fn block<S: Simd>(
    simd: S,
    product: &Product<'_>,
    first_row: usize,
    depths: Range<usize>,
    out: &mut [MaybeUninit<f32>],
) {
    let columns = product.columns;
    let rows = out.len() / columns;
    for first_column in (0..columns).step_by(2 * S::F32_LANES) {
        let width = (columns - first_column).min(2 * S::F32_LANES);
        let height = tile_rows::<S>();
        for row in (0..rows).step_by(height) {
            let at = Place { row: first_row + row, column: first_column, depths: depths.clone() };
            let out = &mut out[row * columns..];
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

/// The first row and column of a tile, and what part of the depth is summed.
struct Place {
    row: usize,
    column: usize,
    depths: Range<usize>,
}

/// Writes `ROWS` rows of at most two vectors to `out`, the first row of which is the tile's.
#[inline(always)]
fn tile<S: Simd, const ROWS: usize>(
    simd: S,
    product: &Product<'_>,
    at: Place,
    width: usize,
    out: &mut [MaybeUninit<f32>],
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
    out: &mut [MaybeUninit<f32>],
) {
    let first_column = at.column;
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    if at.depths.start > 0 {
        for (sums, row) in zip(&mut sums, out.chunks(product.columns)) {
            let so_far = &row[first_column..][..width];
            // SAFETY: the part of the depth before this one has written them.
            #[allow(unsafe_code)]
            let so_far = unsafe { so_far.assume_init_ref() };
            *sums = load(simd, so_far);
        }
    }
    let sums = sum(simd, product, at, width, sums);
    let out = out.chunks_mut(product.columns);
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
#[inline(always)]
fn sum<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    product: &Product<'_>,
    Place { row: first_row, column: first_column, depths }: Place,
    width: usize,
    mut sums: [[S::f32s; VECTORS]; ROWS],
) -> [[S::f32s; VECTORS]; ROWS] {
    let depth = product.depth;
    let (right, stride, offset) = match product.right {
        Right::Rows(right) => (right, product.columns, first_column),
        Right::Panels(right) => {
            let panel = first_column / PANEL;
            (&right[panel * depth * PANEL..][..depth * PANEL], PANEL, first_column % PANEL)
        }
    };
    let right = right[depths.start * stride..depths.end * stride].chunks_exact(stride).map(
        #[inline(always)]
        |row| load::<S, VECTORS>(simd, &row[offset..][..width]),
    );
    match product.left {
        Left::Rows(left) => {
            let mut rows = [&left[..0]; ROWS];
            for r in 0..ROWS {
                rows[r] = &left[(first_row + r) * depth..][..depth];
            }
            for (k, right) in depths.zip(right) {
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], rows[r][k], right);
                }
            }
        }
        Left::Tiles { tiles, first_row: first } => {
            let tile = &tiles[(first_row - first) * depths.len()..][..ROWS * depths.len()];
            for (left, right) in tile.chunks_exact(ROWS).zip(right) {
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
        }
        Left::Transposed(left) => {
            let left = &left[depths.start * product.rows..depths.end * product.rows];
            for (left, right) in left.chunks_exact(product.rows).zip(right) {
                let left = &left[first_row..][..ROWS];
                for r in 0..ROWS {
                    add_product(simd, &mut sums[r], left[r], right);
                }
            }
        }
    }
    sums
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
