//! Which pixels a convolution reads.

use burn::tensor::Tensor;

/// The kernel's window of a convolution: its size and how it moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its height and width.
    pub side: usize,
    /// Pixels from one position to the next.
    pub stride: usize,
    /// Zeros on each side of the image.
    pub padding: usize,
}

impl Window {
    /// How many positions it has along `size` pixels: (size + 2 · padding − side) / stride + 1,
    /// rounded down.
    ///
    /// # Panics
    /// Where it is larger than the padded image.
    pub fn output_size(self, size: usize) -> usize {
        let padded = size + 2 * self.padding;
        assert!(padded >= self.side, "a window of {} on {padded} pixels", self.side);
        (padded - self.side) / self.stride + 1
    }

    /// The smallest input with `positions` positions: (positions − 1) · stride + side − 2 · padding.
    pub fn input_size(self, positions: usize) -> usize {
        (positions - 1) * self.stride + self.side - 2 * self.padding
    }

    /// Of `size` lines (or columns) of an image those y for which y + padding leaves `rest` when
    /// divided by the stride, as (y + padding) / stride.
    pub(crate) fn phase(self, rest: usize, size: usize) -> std::ops::Range<usize> {
        let first = self.padding.saturating_sub(rest).div_ceil(self.stride);
        let end = (size + self.padding).saturating_sub(rest).div_ceil(self.stride);
        first..end.max(first)
    }
}

/// In how many groups a convolution with `weight` computes `outputs` channels.
pub(crate) fn groups(weight: &Tensor<2>, outputs: usize) -> usize {
    let [inputs, of_each] = weight.dims();
    assert!(
        of_each > 0 && outputs.is_multiple_of(of_each),
        "a weight of [{inputs}, {of_each}] does not give {outputs} outputs"
    );
    outputs / of_each
}
