//! Products: cut into chunks for threads, and those into parts that stay in the caches.

use pulp::{Simd, WithSimd};

use super::microkernel::{block, low_mr, mr};
use super::operands::{Epilogue, Lhs, Matrix, Product, Rhs};
use super::pack::{MR, PackedLhs};
use crate::flex::out::Out;
use crate::flex::simd;
use crate::flex::threads::{filled, filled_by_columns};

/// Values of the left operand that stay in the second cache while all columns pass.
const L2_VALUES: usize = 65_536;

/// Rows of a part of the left operand that stays in the second cache while all columns pass, though
/// another thread's values be there as well. What is read of the right operand is then near too, even
/// where its rows lie a power of two apart and so fall on few sets of a cache.
const MC: usize = 128;

/// Depth of that part.
const KC: usize = 256;

/// Columns, at most, of a product whose left operand is read as it lies: those of a microtile or two.
const FEW: usize = 32;

/// Columns of a thread's chunk are a multiple of this: one of the widest vectors.
const GRAIN: usize = 16;

/// Microtiles that are packed together: a line of them is some whole cache lines.
const PACKED_TILES: usize = 8;

impl Product<'_> {
    /// The product, `[rows, columns]`, row by row.
    pub fn compute(self) -> Vec<f32> {
        // Every thread reads all of the smaller operand.
        if self.rows >= self.columns {
            return concat_columns(&[self]);
        }
        filled_by_columns(self.rows, self.columns, GRAIN, self.work(), |first, out| {
            simd::dispatch(Block { product: self.columns_from(first, &out), first_row: 0, out });
        })
    }

    /// The columns from `first` on that `out` has.
    fn columns_from(self, first: usize, out: &Out<'_>) -> Self {
        let from = |Matrix { values, stride }, at: usize| Matrix { values: &values[at..], stride };
        let rhs = match self.rhs {
            Rhs::Rows(rhs) => Rhs::Rows(from(rhs, first)),
            Rhs::Transposed(rhs) => Rhs::Transposed(from(rhs, first * rhs.stride)),
            Rhs::Windows(windows, at) => Rhs::Windows(windows, at + first),
            Rhs::Packed(_) => unreachable!("made of a product's columns"),
        };
        let epilogue = match self.epilogue {
            Epilogue::Store => Epilogue::Store,
            Epilogue::BiasActivation(bias, activation) => {
                Epilogue::BiasActivation(&bias[first..], activation)
            }
        };
        Self { rhs, epilogue, columns: out.columns(), ..self }
    }
}

/// Products of the same sizes as one matrix, `[rows, products · columns]`, row by row.
pub(crate) fn concat_columns(products: &[Product<'_>]) -> Vec<f32> {
    let Product { rows, columns, .. } = products[0];
    let stride = products.len() * columns;
    filled(rows, stride, MR, products.len() * products[0].work(), |first_row, out| {
        for (index, &product) in products.iter().enumerate() {
            let out = Out::new(out, stride, index * columns..(index + 1) * columns);
            simd::dispatch(Block { product, first_row, out });
        }
    })
}

/// Products of the same sizes as one matrix, `[products · rows, columns]`, row by row.
pub(crate) fn stack_rows(products: &[Product<'_>]) -> Vec<f32> {
    let Product { rows, columns, .. } = products[0];
    let work = products.len() * products[0].work();
    filled(products.len() * rows, columns, MR, work, |mut at, mut out| {
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
        let Product { lhs, depth, columns, .. } = product;
        let low = low_mr::<S>();
        let packs = match lhs {
            // What is read once, or stays in the second cache, is read as it lies; of windows, where the
            // rows of a microtile lie together.
            Lhs::Transposed(_) if matches!(product.rhs, Rhs::Windows(..)) => false,
            Lhs::Transposed(lhs) => columns > FEW && lhs.values.len() > L2_VALUES,
            Lhs::TransposedWindows(windows) => columns > FEW || !windows.in_tiles_of(low),
            Lhs::Rows(_) | Lhs::Windows(_) | Lhs::Packed { .. } => false,
        };
        let height = match lhs {
            Lhs::TransposedWindows(_) if !packs => low,
            _ => mr::<S>(),
        };
        let (rows_at_once, part) = match lhs {
            _ if packs => (PACKED_TILES * height, L2_VALUES / (PACKED_TILES * height)),
            // Windows are far apart: those that all rows are multiplied with stay in the first cache.
            Lhs::Transposed(_) if matches!(product.rhs, Rhs::Windows(..)) => (product.rows, KC),
            Lhs::Transposed(_) | Lhs::TransposedWindows(_) => (product.rows, depth),
            Lhs::Rows(_) => {
                // What has been packed is read by as many rows as can be.
                let high = match product.rhs {
                    Rhs::Transposed(_) => 2 * MC,
                    _ => MC,
                };
                (high / height * height, depth.div_ceil(depth.div_ceil(KC)))
            }
            _ => (L2_VALUES.div_ceil(depth).next_multiple_of(MR).max(4 * MR), depth),
        };
        let (mut packed, mut rhs_panel) = (PackedLhs::default(), Vec::new());
        for start in (0..out.rows()).step_by(rows_at_once) {
            let mut out = out.of_rows(start..out.rows().min(start + rows_at_once));
            let first_row = first_row + start;
            let rows = first_row..first_row + out.rows();
            for start in (0..depth).step_by(part) {
                let depths = start..depth.min(start + part);
                let lhs = if packs {
                    packed.pack(lhs, rows.clone(), depths.clone(), height);
                    Lhs::Packed { packed: packed.values(), first_row }
                } else {
                    lhs
                };
                let epilogue = if depths.end == depth { product.epilogue } else { Epilogue::Store };
                let product = Product { lhs, epilogue, ..product };
                // Once only: what it calls is compiled for each place where it is called.
                block(simd, &product, first_row, depths, height, &mut out, &mut rhs_panel);
            }
        }
    }
}
