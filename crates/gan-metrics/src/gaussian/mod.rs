//! Fréchet distance between two Gaussians, given by mean and covariance.
//!
//! `|m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2))` (Dowson and Landau 1982).
//!
//! The trace of the square root is computed without a matrix square root, so nothing can become
//! imaginary: with `C1 = A Aᵀ` and `C2 = B Bᵀ` it is the sum of the singular values of `Aᵀ B`. The
//! roots come from Cholesky decompositions with pivoting that stop at the rank, so dead units, fewer
//! samples than dimensions, constant images and collapsed sets need no special case.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::error::MetricError;
use crate::features::Features;

pub(crate) mod gram;
pub(crate) mod moments;
pub(crate) mod statistics_file;

/// A distance below this fraction of the variances and means behind it is rounding, and reported as 0.
const ROUNDING: f64 = 1e-11;

/// Samples in each product, and columns of the covariance for each task.
const ROWS: usize = 1024;
const PANEL: usize = 128;

/// Mean and covariance of a set of features, as other programs store them.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Statistics {
    /// Of a set of at least two samples; the covariance is the unbiased one (over `n - 1`).
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`].
    pub fn of(features: &Features) -> Result<Self, MetricError> {
        MetricError::unless_enough("a covariance", "the set", features.len(), 2)?;
        let (count, dim) = (features.len(), features.dim());
        let mut mean = DVector::zeros(dim);
        for row in 0..count {
            mean.iter_mut().zip(features.row(row)).for_each(|(sum, &x)| *sum += f64::from(x));
        }
        mean /= count as f64;
        let panels: Vec<usize> = (0..dim).step_by(PANEL).collect();
        // Each task owns some columns, so that the order of the sums is the same for any number of
        // threads.
        let columns: Vec<f64> = panels
            .into_par_iter()
            .flat_map_iter(|first| {
                let width = PANEL.min(dim - first);
                let mut panel = DMatrix::zeros(dim, width);
                for start in (0..count).step_by(ROWS) {
                    let mut rows = features.columns(start..count.min(start + ROWS));
                    rows.column_iter_mut().for_each(|mut row| row -= &mean);
                    let part = rows.rows(first, width).transpose();
                    panel.gemm(1.0 / (count - 1) as f64, &rows, &part, 1.0);
                }
                panel.data.as_vec().clone()
            })
            .collect();
        Ok(Self { mean, covariance: DMatrix::from_vec(dim, dim, columns) })
    }

    /// From a mean of `dim` numbers and a covariance of `dim * dim`.
    ///
    /// # Errors
    /// [`MetricError::Shape`], [`MetricError::NotFinite`] (the mean counts as row 0, the covariance
    /// from row 1 on), [`MetricError::Covariance`] where it is not symmetric or a variance is
    /// negative.
    pub fn new(mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self, MetricError> {
        let dim = mean.len();
        let needed = dim.saturating_mul(dim);
        if dim == 0 || covariance.len() != needed {
            return Err(MetricError::Shape { count: dim, dim, needed, found: covariance.len() });
        }
        let numbers = mean.iter().chain(&covariance).enumerate();
        if let Some((at, &value)) = numbers.into_iter().find(|(_, value)| !value.is_finite()) {
            return Err(MetricError::NotFinite { row: at / dim, column: at % dim, value });
        }
        let covariance = DMatrix::from_vec(dim, dim, covariance);
        let scale = covariance.amax();
        for column in 0..dim {
            if covariance[(column, column)] < 0.0 {
                let problem = format!("the variance of dimension {column} is negative");
                return Err(MetricError::Covariance(problem));
            }
            for row in 0..column {
                let gap = (covariance[(row, column)] - covariance[(column, row)]).abs();
                if gap > 1e-6 * scale {
                    let problem = format!("({row}, {column}) and ({column}, {row}) differ");
                    return Err(MetricError::Covariance(problem));
                }
            }
        }
        Ok(Self { mean: DVector::from_vec(mean), covariance })
    }

    /// Number of dimensions.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> &[f64] {
        self.mean.as_slice()
    }

    /// The covariance, `dim * dim` numbers; it is symmetric, so rows are columns.
    #[must_use]
    pub fn covariance(&self) -> &[f64] {
        self.covariance.as_slice()
    }

    /// The Fréchet distance between the two Gaussians, never below 0.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`].
    pub fn frechet_distance(&self, other: &Self) -> Result<f64, MetricError> {
        MetricError::unless_same_dim("the other set", other.dim(), self.dim())?;
        Gaussian::from(self).distance(&Gaussian::from(other))
    }
}

/// What of a set enters a Fréchet distance.
pub(crate) struct Gaussian {
    mean: DVector<f64>,
    variance: f64,
    /// `A` with `A Aᵀ` = the covariance, as many columns as the covariance has rank.
    root: DMatrix<f64>,
}

impl From<&Statistics> for Gaussian {
    fn from(statistics: &Statistics) -> Self {
        let Statistics { mean, covariance } = statistics;
        Self { mean: mean.clone(), variance: covariance.trace(), root: root(covariance) }
    }
}

impl Gaussian {
    pub(crate) fn of(features: &Features) -> Result<Self, MetricError> {
        Ok(Self::from(&Statistics::of(features)?))
    }

    /// The distance from the Gaussian of that mean and covariance, without the root that
    /// [`Gaussian::distance`] takes: from eigenvalues, whose roots are good to 1e-8 of the largest alone. That is
    /// enough for the width of an interval.
    pub(crate) fn rough_distance(&self, mean: &DVector<f64>, covariance: &DMatrix<f64>) -> f64 {
        let means = (&self.mean - mean).norm_squared();
        let mut between = self.root.transpose() * (covariance * &self.root);
        between.fill_lower_triangle_with_upper_triangle();
        let eigenvalues = between.symmetric_eigenvalues();
        let shared: f64 = eigenvalues.iter().map(|value| value.max(0.0).sqrt()).sum();
        means + self.variance + covariance.trace() - 2.0 * shared
    }

    pub(crate) fn new(mean: DVector<f64>, covariance: &DMatrix<f64>) -> Self {
        Self { mean, variance: covariance.trace(), root: root(covariance) }
    }

    pub(crate) fn distance(&self, other: &Self) -> Result<f64, MetricError> {
        let means = (&self.mean - &other.mean).norm_squared();
        let shared = sum_of_singular_values(self.root.transpose() * &other.root)?;
        let distance = means + self.variance + other.variance - 2.0 * shared;
        let size = self.mean.norm_squared() + other.mean.norm_squared();
        let rounding = ROUNDING * (self.variance + other.variance) + f64::EPSILON * size;
        Ok(if distance <= rounding { 0.0 } else { distance })
    }
}

/// Cholesky decomposition with pivoting, stopped where what is left is rounding.
fn root(covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let dim = covariance.nrows();
    let mut left: Vec<f64> = covariance.diagonal().iter().copied().collect();
    let largest = |left: &[f64]| {
        let by_size = |a: &usize, b: &usize| left[*a].total_cmp(&left[*b]);
        (0..left.len()).max_by(by_size).expect("a covariance has at least one dimension")
    };
    let negligible = dim as f64 * f64::EPSILON * left[largest(&left)];
    let mut root = DMatrix::zeros(dim, dim);
    for rank in 0..dim {
        let pivot = largest(&left);
        if left[pivot] <= negligible {
            root.resize_horizontally_mut(rank, 0.0);
            break;
        }
        let (known, mut rest) = root.columns_range_pair_mut(..rank, rank..=rank);
        let mut column = rest.column_mut(0);
        column.copy_from(&covariance.column(pivot));
        column.gemv(-1.0, &known, &known.row(pivot).transpose(), 1.0);
        column /= left[pivot].sqrt();
        left.iter_mut().zip(column.iter()).for_each(|(left, x)| *left -= x * x);
        left[pivot] = 0.0;
    }
    root
}

/// The nuclear norm.
pub(crate) fn sum_of_singular_values(matrix: DMatrix<f64>) -> Result<f64, MetricError> {
    if matrix.is_empty() {
        return Ok(0.0);
    }
    let steps = 100 * matrix.nrows().max(matrix.ncols());
    let svd = nalgebra::SVD::try_new_unordered(matrix, false, false, f64::EPSILON, steps);
    Ok(svd.ok_or(MetricError::NotConverged)?.singular_values.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gaussian::moments::GroupedMoments;

    #[test]
    fn the_rough_distance_is_the_distance_of_full_and_of_deficient_rank() {
        let features = |factor: u32, dim: usize| {
            let value = |i: u32| (i * factor % 251) as f32 / 251.0;
            let values = (0..(40 * dim) as u32).map(value).collect();
            Features::new(40, dim, values).unwrap()
        };
        for dim in [3, 30, 60] {
            let (x, y) = (features(7, dim), features(11, dim));
            let moments = GroupedMoments::of(&y, 0, 1);
            let all: Vec<usize> = (0..moments.len()).collect();
            let (mean, covariance) = moments.mean_and_covariance(&all);
            let x = Gaussian::of(&x).unwrap();
            let exact = x.distance(&Gaussian::of(&y).unwrap()).unwrap();
            let rough = x.rough_distance(&mean, &covariance);
            assert!((rough - exact).abs() < 1e-5 * exact, "{dim}: {rough}, {exact}");
        }
    }
}
