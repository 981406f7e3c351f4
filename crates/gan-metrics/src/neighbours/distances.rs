//! Distances between all rows of two sets, in blocks through matrix products.
//!
//! `|x - y|^2 = |x|^2 + |y|^2 - 2 x·y` in f64, 128 rows against 512 at a time: the memory does not
//! grow with the sets. Every product is the same for any number of threads, and so is the order in
//! which a row meets the others, so the results are too.

use rayon::prelude::*;

use crate::features::Features;

const BLOCK: usize = 128;
const TILE: usize = 512;

/// Features are f32. What lies closer together than their rounding is the same point, and its
/// distance must not depend on the rounding of the products: copies are at distance 0.
const SAME_POINT: f64 = 1e-12;

/// Folds, for each row of `x`, over its squared distances to the rows of `y`.
///
/// `fold` is called with the state and index of a row of `x`, the index of a first row of `y`, and
/// the squared distances to that and the following rows, in ascending order.
pub(crate) fn fold_distances<S: Send>(
    x: &Features,
    y: &Features,
    start: impl Fn(usize) -> S + Sync,
    fold: impl Fn(&mut S, usize, usize, &[f64]) + Sync,
) -> Vec<S> {
    let y_norms = squared_norms(y);
    let blocks: Vec<usize> = (0..x.len()).step_by(BLOCK).collect();
    let block = |first: usize| {
        let rows = first..x.len().min(first + BLOCK);
        let columns = x.columns(rows.clone());
        let norms: Vec<f64> = columns.column_iter().map(|row| row.norm_squared()).collect();
        let mut states: Vec<S> = rows.map(&start).collect();
        for tile in (0..y.len()).step_by(TILE) {
            let others = tile..y.len().min(tile + TILE);
            let mut products = y.columns(others.clone()).transpose() * &columns;
            for (at, squared) in products.as_mut_slice().chunks_mut(others.len()).enumerate() {
                for (product, y_norm) in squared.iter_mut().zip(&y_norms[others.clone()]) {
                    let size = norms[at] + y_norm;
                    let distance = size - 2.0 * *product;
                    *product = if distance > SAME_POINT * size { distance } else { 0.0 };
                }
                fold(&mut states[at], first + at, tile, squared);
            }
        }
        states
    };
    blocks.into_par_iter().flat_map_iter(block).collect()
}

fn squared_norms(features: &Features) -> Vec<f64> {
    let norm = |row| features.row(row).iter().map(|&x| f64::from(x).powi(2)).sum();
    (0..features.len()).into_par_iter().map(norm).collect()
}
