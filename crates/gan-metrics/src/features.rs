//! Sets of samples as every metric sees them: one row of numbers for each sample.

use std::ops::Range;
use std::sync::Arc;

use nalgebra::DMatrix;

use crate::MetricError;

/// A set of samples as a matrix `[count, dim]`, row after row, on the host: what an extractor made
/// of images, or the pixels themselves. Every number is finite. A clone shares the numbers.
///
/// ```
/// let features = gan_metrics::Features::new(2, 3, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0])?;
/// assert_eq!(features.row(1), [3.0, 4.0, 5.0]);
/// # Ok::<(), gan_metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    count: usize,
    dim: usize,
    values: Arc<Vec<f32>>,
}

impl Features {
    /// `count` rows of `dim` numbers.
    ///
    /// # Errors
    /// [`MetricError::Shape`] where `values` does not hold `count * dim` numbers (at least one in a
    /// row), [`MetricError::NotFinite`] for NaN and infinity.
    pub fn new(count: usize, dim: usize, values: Vec<f32>) -> Result<Self, MetricError> {
        let needed = count.saturating_mul(dim);
        if dim == 0 || values.len() != needed {
            return Err(MetricError::Shape { count, dim, needed, found: values.len() });
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let value = f64::from(values[at]);
            return Err(MetricError::NotFinite { row: at / dim, column: at % dim, value });
        }
        Ok(Self { count, dim, values: values.into() })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Numbers in a row.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The numbers of one sample.
    ///
    /// # Panics
    /// As slices do, if there is no such sample.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.dim..(index + 1) * self.dim]
    }

    /// All numbers, row after row.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The samples at `indices`, in that order.
    ///
    /// # Panics
    /// As slices do, if there is no such sample.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let values = indices.iter().flat_map(|&index| self.row(index)).copied().collect();
        Self { count: indices.len(), dim: self.dim, values: Arc::new(values) }
    }

    /// Samples as the columns of a matrix `[dim, rows.len()]`.
    pub(crate) fn columns(&self, rows: Range<usize>) -> DMatrix<f64> {
        let values = &self.values[rows.start * self.dim..rows.end * self.dim];
        DMatrix::from_iterator(self.dim, rows.len(), values.iter().map(|&value| f64::from(value)))
    }
}
