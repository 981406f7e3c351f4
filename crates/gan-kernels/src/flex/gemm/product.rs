//! Matrix products of layers, with what follows them.
//!
//! A [`tile`](super::tile) of 8 rows and three vectors of columns is summed in registers, straight from the
//! matrices, and from the [`windows`](super::windows) of images, as they lie; those of a small layer stay
//! in the second cache. Every number is one sum over the depth, in order, so tiles and threads may be cut
//! anywhere without changing a bit.

use std::iter::zip;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::out::Out;
use super::simd;
use super::threads::{filled, filled_by_columns};
use super::tile::{LOW_TILE, TILE, block, low_tile_rows, tile_rows};
use super::windows::Windows;
use crate::Activation;

/// Numbers of the left factor that stay in the second cache while all columns pass.
const CACHED: usize = 65_536;

/// Rows and depth of a part of the left factor that stays in the second cache while all columns pass,
/// though another thread's numbers be there as well. What is read of the right factor is then near too,
/// even where its rows lie a power of two apart and so fall on few sets of a cache.
const HIGH: usize = 128;
const DEEP: usize = 256;

/// Columns, at most, of a product whose left factor is read as it lies: those of a tile or two.
const FEW: usize = 32;

/// Columns of a thread's share are a multiple of this: one of the widest vectors.
const SHARE: usize = 16;

/// Tiles that are filled together: a line of them is some whole cache lines.
const TILES: usize = 8;

/// A matrix that lies row by row, perhaps as columns of a wider one.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    /// From its first number on.
    pub numbers: &'a [f32],
    /// Numbers from one row to the next.
    pub stride: usize,
}

impl<'a> Matrix<'a> {
    /// Its row `index` from the matrix's first column on.
    #[inline(always)]
    pub fn row(self, index: usize) -> &'a [f32] {
        &self.numbers[index * self.stride..]
    }

    /// Some of its rows, each as far as the wider matrix goes.
    #[inline(always)]
    pub fn rows(self, rows: Range<usize>) -> impl Iterator<Item = &'a [f32]> {
        self.numbers[rows.start * self.stride..].chunks(self.stride).take(rows.len())
    }
}

/// The left factor, `[rows, depth]`.
#[derive(Clone, Copy)]
pub(crate) enum Left<'a> {
    /// Row by row.
    Rows(Matrix<'a>),
    /// Column by column: the transpose of a matrix that lies row by row.
    Transposed(Matrix<'a>),
    /// A window of an image in each row.
    Windows(&'a Windows<'a>),
    /// A window in each column.
    TransposedWindows(&'a Windows<'a>),
    /// In tiles, which a product makes of a transpose by itself.
    Tiles { tiles: &'a [f32], first_row: usize },
}

/// The right factor, `[depth, columns]`.
#[derive(Clone, Copy)]
pub(crate) enum Right<'a> {
    /// Row by row.
    Rows(Matrix<'a>),
    /// Column by column: the transpose of a matrix that lies row by row.
    Transposed(Matrix<'a>),
    /// A window of an image in each row, from one of its numbers on. They lie [in vectors], and the left
    /// factor is a transpose.
    ///
    /// [in vectors]: Windows::in_vectors
    Windows(&'a Windows<'a>, usize),
    /// What is multiplied next of a transpose, which a product [turns](super::panels::turn) by itself: as
    /// many columns as a tile has.
    Panel(Matrix<'a>),
}

/// What happens to a sum before it is stored.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a> {
    /// Nothing.
    Store,
    /// The bias of its column is added, then the activation applied.
    Layer(&'a [f32], Activation),
}

/// A product of two matrices.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    pub left: Left<'a>,
    pub right: Right<'a>,
    pub rows: usize,
    pub depth: usize,
    pub columns: usize,
    pub finish: Finish<'a>,
}

impl Product<'_> {
    /// The product, `[rows, columns]`, row by row.
    pub fn compute(self) -> Vec<f32> {
        // Of the smaller factor every thread reads all.
        if self.rows >= self.columns {
            return side_by_side(&[self]);
        }
        filled_by_columns(self.rows, self.columns, SHARE, self.work(), |first, out| {
            simd::dispatch(Block { product: self.columns_from(first, &out), first_row: 0, out });
        })
    }

    /// The columns from `first` on that `out` has.
    fn columns_from(self, first: usize, out: &Out<'_>) -> Self {
        let from =
            |Matrix { numbers, stride }, at: usize| Matrix { numbers: &numbers[at..], stride };
        let right = match self.right {
            Right::Rows(right) => Right::Rows(from(right, first)),
            Right::Transposed(right) => Right::Transposed(from(right, first * right.stride)),
            Right::Windows(windows, at) => Right::Windows(windows, at + first),
            Right::Panel(_) => unreachable!("made of a product's columns"),
        };
        let finish = match self.finish {
            Finish::Store => Finish::Store,
            Finish::Layer(bias, activation) => Finish::Layer(&bias[first..], activation),
        };
        Self { right, finish, columns: out.columns(), ..self }
    }

    fn work(&self) -> usize {
        self.rows * self.depth * self.columns
    }
}

/// Products of the same sizes as one matrix, `[rows, products · columns]`, row by row.
pub(crate) fn side_by_side(products: &[Product<'_>]) -> Vec<f32> {
    let Product { rows, columns, .. } = products[0];
    let stride = products.len() * columns;
    filled(rows, stride, TILE, products.len() * products[0].work(), |first_row, out| {
        for (index, &product) in products.iter().enumerate() {
            let out = Out::new(out, stride, index * columns..(index + 1) * columns);
            simd::dispatch(Block { product, first_row, out });
        }
    })
}

/// Products of the same sizes as one matrix, `[products · rows, columns]`, row by row.
pub(crate) fn one_below_the_other(products: &[Product<'_>]) -> Vec<f32> {
    let Product { rows, columns, .. } = products[0];
    let work = products.len() * products[0].work();
    filled(products.len() * rows, columns, TILE, work, |mut at, mut out| {
        while !out.is_empty() {
            let (product, first_row) = (products[at / rows], at % rows);
            let count = (out.len() / columns).min(rows - first_row);
            let (now, rest) = out.split_at_mut(count * columns);
            let now = Out::new(now, columns, 0..columns);
            simd::dispatch(Block { product, first_row, out: now });
            (at, out) = (at + count, rest);
        }
    })
}

/// Some rows of a product.
pub(crate) struct Block<'a> {
    pub product: Product<'a>,
    pub first_row: usize,
    pub out: Out<'a>,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { product, first_row, mut out } = self;
        let Product { left, depth, columns, .. } = product;
        let low = low_tile_rows::<S>();
        let in_tiles = match left {
            // What is read once, or stays in the second cache, is read as it lies; of windows, where the
            // rows of a tile lie together.
            Left::Transposed(_) if matches!(product.right, Right::Windows(..)) => false,
            Left::Transposed(left) => columns > FEW && left.numbers.len() > CACHED,
            Left::TransposedWindows(windows) => columns > FEW || !windows.in_tiles_of(low),
            Left::Rows(_) | Left::Windows(_) | Left::Tiles { .. } => false,
        };
        let height = match left {
            Left::TransposedWindows(_) if !in_tiles => low,
            _ => tile_rows::<S>(),
        };
        let (rows_at_once, part) = match left {
            _ if in_tiles => (TILES * height, CACHED / (TILES * height)),
            // Windows are far apart: those that all rows are multiplied with stay in the first cache.
            Left::Transposed(_) if matches!(product.right, Right::Windows(..)) => {
                (product.rows, DEEP)
            }
            Left::Transposed(_) | Left::TransposedWindows(_) => (product.rows, depth),
            Left::Rows(_) => {
                // What has been turned is read by as many rows as can be.
                let high = match product.right {
                    Right::Transposed(_) => 2 * HIGH,
                    _ => HIGH,
                };
                (high / height * height, depth.div_ceil(depth.div_ceil(DEEP)))
            }
            _ => (CACHED.div_ceil(depth).next_multiple_of(TILE).max(4 * TILE), depth),
        };
        let (mut tiles, mut panel) = (Tiles::default(), Vec::new());
        for start in (0..out.rows()).step_by(rows_at_once) {
            let mut out = out.of_rows(start..out.rows().min(start + rows_at_once));
            let first_row = first_row + start;
            let rows = first_row..first_row + out.rows();
            for start in (0..depth).step_by(part) {
                let depths = start..depth.min(start + part);
                let left = if in_tiles {
                    tiles.fill(left, rows.clone(), depths.clone(), height);
                    Left::Tiles { tiles: &tiles.tiles, first_row }
                } else {
                    left
                };
                let finish = if depths.end == depth { product.finish } else { Finish::Store };
                let product = Product { left, finish, ..product };
                // Once only: what it calls is compiled for each place where it is called.
                block(simd, &product, first_row, depths, height, &mut out, &mut panel);
            }
        }
    }
}

/// Some rows of a transpose over a part of the depth, in the order in which they are read: some rows
/// (of the last tile, those that are left) column by column, then the next.
#[derive(Default)]
struct Tiles {
    tiles: Vec<f32>,
    /// A column of all rows.
    column: Vec<f32>,
}

impl Tiles {
    fn fill(&mut self, left: Left<'_>, rows: Range<usize>, depths: Range<usize>, height: usize) {
        self.tiles.resize(depths.len() * rows.len(), 0.0);
        match left {
            Left::Transposed(left) => {
                for (k, column) in left.rows(depths.clone()).enumerate() {
                    fill_column(&mut self.tiles, k, depths.len(), &column[rows.clone()], height);
                }
            }
            Left::TransposedWindows(windows) => {
                let pieces = windows.pieces(rows.clone());
                self.column.resize(rows.len(), 0.0);
                for (k, place) in depths.clone().enumerate() {
                    windows.copy(place, &pieces, &mut self.column);
                    fill_column(&mut self.tiles, k, depths.len(), &self.column, height);
                }
            }
            Left::Rows(_) | Left::Windows(_) | Left::Tiles { .. } => unreachable!("no transposes"),
        }
    }
}

/// Puts a column into tiles of `depth` columns and `height` rows.
fn fill_column(tiles: &mut [f32], k: usize, depth: usize, column: &[f32], height: usize) {
    for (tile, numbers) in zip(tiles.chunks_mut(depth * height), column.chunks(height)) {
        let tile = &mut tile[k * numbers.len()..][..numbers.len()];
        // A copy whose length the compiler knows is one instruction.
        match numbers.len() {
            TILE => tile[..TILE].copy_from_slice(&numbers[..TILE]),
            LOW_TILE => tile[..LOW_TILE].copy_from_slice(&numbers[..LOW_TILE]),
            _ => tile.copy_from_slice(numbers),
        }
    }
}
