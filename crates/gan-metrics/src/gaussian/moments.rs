//! Sums of a set of samples that means and covariances follow from, kept by groups of samples: the
//! sums of any union of groups are quickly had, and so its Gaussian is.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::confidence::shuffled;
use crate::features::Features;
use crate::gaussian::Gaussian;

/// Groups of a set: the more, the better its halves are mixed.
const GROUPS: usize = 512;
/// Numbers in the matrices of all groups together: 128 MiB.
const NUMBERS: usize = 1 << 24;
/// The stream that a set's order is drawn from has this bit set.
const ORDER: u64 = 1 << 17;

/// The most dimensions for which there are enough groups.
pub(crate) const MAX_DIMENSIONS: usize = 512;

/// Number, sum and sum of outer products of some samples, about a common origin.
#[derive(Clone)]
struct Moments {
    count: f64,
    sum: DVector<f64>,
    /// The upper triangle of a symmetric matrix, by columns.
    products: Vec<f64>,
}

/// The moments of groups of the samples of a set, chosen at random.
pub(crate) struct GroupedMoments {
    groups: Vec<Moments>,
    /// The mean of all: what the moments are taken about, so that nothing cancels.
    origin: DVector<f64>,
    seed: u64,
    stream: u64,
}

impl GroupedMoments {
    /// Of a set of at most [`MAX_DIMENSIONS`]; each set of a comparison has a `stream` of its own.
    pub(crate) fn of(features: &Features, seed: u64, stream: u64) -> Self {
        let (count, dim) = (features.len(), features.dim());
        let mut origin = DVector::zeros(dim);
        for row in 0..count {
            origin.iter_mut().zip(features.row(row)).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        origin /= count as f64;
        let groups = GROUPS.min(NUMBERS / (dim * dim)).min(count);
        let order = shuffled(count, seed, stream | ORDER, 0);
        let group = |group: usize| {
            let members = &order[group * count / groups..(group + 1) * count / groups];
            let members = features.select(members);
            let mut rows = members.columns(0..members.len());
            rows.column_iter_mut().for_each(|mut row| row -= &origin);
            let all = &rows * rows.transpose();
            let columns = all.as_slice().chunks_exact(dim).enumerate();
            let products = columns.flat_map(|(at, column)| &column[..=at]).copied().collect();
            Moments { count: members.len() as f64, sum: rows.column_sum(), products }
        };
        let groups = (0..groups).into_par_iter().map(group).collect();
        Self { groups, origin, seed, stream }
    }

    /// Number of groups.
    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    /// The groups of both halves of split `split`.
    pub(crate) fn halves(&self, split: usize) -> [Vec<usize>; 2] {
        let mut first = shuffled(self.len(), self.seed, self.stream, split as u64);
        let second = first.split_off(self.len() / 2);
        [first, second]
    }

    /// The samples in these groups.
    pub(crate) fn count(&self, groups: &[usize]) -> f64 {
        groups.iter().map(|&group| self.groups[group].count).sum()
    }

    /// The Gaussian of the samples in these groups, of which there must be two.
    pub(crate) fn gaussian(&self, groups: &[usize]) -> Gaussian {
        let (mean, covariance) = self.mean_and_covariance(groups);
        Gaussian::new(mean, &covariance)
    }

    /// Mean and covariance of the samples in these groups, of which there must be two.
    pub(crate) fn mean_and_covariance(&self, groups: &[usize]) -> (DVector<f64>, DMatrix<f64>) {
        let dim = self.origin.len();
        let mut sum = DVector::zeros(dim);
        let mut products = vec![0.0; dim * (dim + 1) / 2];
        for &group in groups {
            sum += &self.groups[group].sum;
            let of_group = &self.groups[group].products;
            products.iter_mut().zip(of_group).for_each(|(sum, product)| *sum += product);
        }
        let mut covariance = DMatrix::zeros(dim, dim);
        for at in 0..dim {
            let column = &products[at * (at + 1) / 2..][..=at];
            covariance.column_mut(at).rows_mut(0, at + 1).copy_from_slice(column);
        }
        covariance.fill_lower_triangle_with_upper_triangle();
        let count = self.count(groups);
        covariance.ger(-1.0 / count, &sum, &sum, 1.0);
        covariance /= count - 1.0;
        (&self.origin + sum / count, covariance)
    }
}
