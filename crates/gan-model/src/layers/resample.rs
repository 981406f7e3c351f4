//! Images of twice and half the size.

use burn::tensor::{Device, Tensor, TensorData};

/// How an image gets twice or half as high and wide.
///
/// A resampling is a matrix along each axis: as `torch.nn.functional.interpolate` computes it,
/// without aligned corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Twice the size, each pixel four times.
    NearestUp,
    /// Half the size, the first of each four pixels.
    NearestDown,
    /// Twice the size, each pixel between its four nearest: 9, 3, 3 and 1 sixteenths of them.
    BilinearUp,
    /// Half the size, the mean of each four pixels: a bilinear sample at their common corner.
    BilinearDown,
}

/// `images` `[batch, channels, h, w]` in their new size; half the size needs even `h` and `w`.
pub fn resample(images: Tensor<4>, resampling: Resampling) -> Tensor<4> {
    let [_, _, height, width] = images.dims();
    let device = images.device();
    let (rows, columns) = (resampling.matrix(height, &device), resampling.matrix(width, &device));
    along_both_axes(images, rows, columns)
}

impl Resampling {
    /// The gradient in the input of [`resample`] from the one in its output.
    pub fn input_gradient(self, gradient: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = gradient.dims();
        let device = gradient.device();
        let transposed = |size| self.matrix(self.size_before(size), &device).transpose();
        let (rows, columns) = (transposed(height), transposed(width));
        along_both_axes(gradient, rows, columns)
    }

    fn size_before(self, size: usize) -> usize {
        match self {
            Self::NearestUp | Self::BilinearUp => size / 2,
            Self::NearestDown | Self::BilinearDown => size * 2,
        }
    }

    fn size_after(self, size: usize) -> usize {
        match self {
            Self::NearestUp | Self::BilinearUp => size * 2,
            Self::NearestDown | Self::BilinearDown => size / 2,
        }
    }

    /// `[size before, size after]`: column `j` holds what pixel `j` is made of.
    fn matrix(self, size: usize, device: &Device) -> Tensor<2> {
        let after = self.size_after(size);
        let mut weights = vec![0.0f32; size * after];
        let mut add = |source: usize, target: usize, weight: f32| {
            weights[source * after + target] += weight;
        };
        for j in 0..after {
            match self {
                Self::NearestUp => add(j / 2, j, 1.0),
                Self::NearestDown => add(j * 2, j, 1.0),
                Self::BilinearDown => {
                    add(j * 2, j, 0.5);
                    add(j * 2 + 1, j, 0.5);
                }
                Self::BilinearUp => {
                    // The second nearest pixel is before an even one and after an odd one; beyond
                    // the edge the outermost pixel goes on.
                    let second = if j % 2 == 0 { (j / 2).saturating_sub(1) } else { j / 2 + 1 };
                    add(j / 2, j, 0.75);
                    add(second.min(size - 1), j, 0.25);
                }
            }
        }
        Tensor::from_data(TensorData::new(weights, [size, after]), device)
    }
}

/// `rowsᵀ · image · columns` for each channel of each image.
fn along_both_axes(images: Tensor<4>, rows: Tensor<2>, columns: Tensor<2>) -> Tensor<4> {
    along_width(along_width(images, columns).swap_dims(2, 3), rows).swap_dims(2, 3)
}

/// One large matrix product, which every backend does well.
fn along_width(images: Tensor<4>, columns: Tensor<2>) -> Tensor<4> {
    let ([batch, channels, height, width], [_, after]) = (images.dims(), columns.dims());
    let rows: Tensor<2> = images.reshape([batch * channels * height, width]);
    rows.matmul(columns).reshape([batch, channels, height, after])
}
