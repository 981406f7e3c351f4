//! Convolutions over images `[batch, height, width, channels]`, their transposes, and the gradients of
//! their weights: products of windows.
//!
//! Weights are `[groups · side · side · channels, outputs]`, with the channels and outputs of one group;
//! what comes out is `[batch, h', w', groups · outputs]`.

use super::fold::{fold, interleave};
use super::padded::PaddedImages;
use crate::flex::gemm::{
    Epilogue, Lhs, Matrix, Product, Rhs, Windows, concat_columns, pack_transposed, stack_rows,
};
use crate::window::Window;

/// With fewer channels than this, a product has too few columns for its vectors: the transpose is then
/// the sum of windows.
const FEW: usize = 8;

/// A convolution of images of one shape.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Of the images, `[batch, height, width, channels]`.
    pub shape: [usize; 4],
    pub window: Window,
    pub groups: usize,
}

/// Images with zeros around them, and where their windows lie.
#[derive(Debug)]
pub(crate) struct PaddedInput {
    padded: PaddedImages,
    starts: Vec<usize>,
}

impl Convolution {
    /// `[batch, h', w', outputs]`.
    pub fn output_shape(&self, outputs: usize) -> [usize; 4] {
        let [batch, height, width, _] = self.shape;
        [batch, self.window.output_size(height), self.window.output_size(width), outputs]
    }

    /// Values of a window in one group.
    fn depth(&self) -> usize {
        self.window.side * self.window.side * self.shape[3] / self.groups
    }

    /// Pads images, to be multiplied once or several times.
    pub fn pad(&self, images: &[f32]) -> PaddedInput {
        let Window { stride, padding, .. } = self.window;
        let padded = PaddedImages::new(images, self.shape, self.groups, [padding; 2]);
        let [_, rows, columns, _] = self.output_shape(0);
        let at = |count: usize| (0..count).map(|place| place * stride).collect::<Vec<_>>();
        let starts = padded.starts(&at(rows), &at(columns));
        PaddedInput { padded, starts }
    }

    /// The convolution itself.
    pub fn apply(&self, images: &PaddedInput, weight: &[f32], epilogue: Epilogue<'_>) -> Vec<f32> {
        let PaddedInput { padded, starts } = images;
        let windows = padded.windows([self.window.side; 2], starts);
        let (depth, length) = (self.depth(), weight.len() / self.groups);
        let columns = length / depth;
        let products = windows.iter().enumerate().map(|(group, windows)| Product {
            lhs: Lhs::Windows(windows),
            rhs: Rhs::Rows(Matrix { values: &weight[group * length..], stride: columns }),
            rows: starts.len(),
            depth,
            columns,
            epilogue: match epilogue {
                Epilogue::Store => Epilogue::Store,
                Epilogue::BiasActivation(bias, activation) => {
                    Epilogue::BiasActivation(&bias[group * columns..][..columns], activation)
                }
            },
        });
        concat_columns(&products.collect::<Vec<_>>())
    }

    /// The gradient of the weights, from the one in the output.
    pub fn weight_gradient(&self, images: &PaddedInput, gradient: &[f32]) -> Vec<f32> {
        let PaddedInput { padded, starts } = images;
        let windows = padded.windows([self.window.side; 2], starts);
        let stride = gradient.len() / starts.len();
        let columns = stride / self.groups;
        let gradient = |group: usize| Matrix { values: &gradient[group * columns..], stride };
        let (depth, epilogue) = (starts.len(), Epilogue::Store);
        if windows.iter().all(Windows::in_vectors) {
            // The transpose, whose columns are the many values of a window, not the few of a group.
            let products = windows.iter().enumerate().map(|(group, windows)| Product {
                lhs: Lhs::Transposed(gradient(group)),
                rhs: Rhs::Windows(windows, 0),
                rows: columns,
                depth,
                columns: self.depth(),
                epilogue,
            });
            let transposed = match products.collect::<Vec<_>>()[..] {
                [product] => product.compute(),
                ref products => stack_rows(products),
            };
            let mut weights = Vec::with_capacity(transposed.len());
            let (mut panel, stride) = (Vec::new(), self.depth());
            for values in transposed.chunks_exact(columns * stride) {
                pack_transposed(
                    Matrix { values, stride },
                    0..columns,
                    0..stride,
                    columns,
                    &mut panel,
                );
                weights.extend_from_slice(&panel);
            }
            return weights;
        }
        let products = windows.iter().enumerate().map(|(group, windows)| Product {
            lhs: Lhs::TransposedWindows(windows),
            rhs: Rhs::Rows(gradient(group)),
            rows: self.depth(),
            depth,
            columns,
            epilogue,
        });
        stack_rows(&products.collect::<Vec<_>>())
    }

    /// The gradient in the images, from the one in the output.
    pub fn transpose(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let [.., channels] = self.shape;
        if self.groups == 1 && channels < FEW {
            return self.transpose_by_windows(gradient, weight);
        }
        let Window { side, stride, .. } = self.window;
        let most = side.div_ceil(stride);
        let shape = self.output_shape(weight.len() / self.depth());
        let padded = PaddedImages::new(gradient, shape, self.groups, [most - 1, most]);
        let phases = (0..stride * stride)
            .map(|phase| self.phase(&padded, weight, [phase / stride, phase % stride]));
        let mut phases: Vec<_> = phases.collect();
        match stride {
            1 => phases.remove(0),
            _ => interleave(&phases, self.shape, self.window),
        }
    }

    fn transpose_by_windows(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let columns = self.depth();
        let depth = weight.len() / columns;
        let product = Product {
            lhs: Lhs::Rows(Matrix { values: gradient, stride: depth }),
            rhs: Rhs::Transposed(Matrix { values: weight, stride: depth }),
            rows: gradient.len() / depth,
            depth,
            columns,
            epilogue: Epilogue::Store,
        };
        fold(&product.compute(), self.shape, self.window)
    }

    /// The pixels of the gradient in the images whose line and column, counted with the padding, leave
    /// `rests` when divided by the stride: as no other pixel meets the weights that they meet, they are a
    /// convolution of `gradient` with stride 1.
    fn phase(&self, gradient: &PaddedImages, weight: &[f32], rests: [usize; 2]) -> Vec<f32> {
        let Self { shape: [batch, height, width, channels], window, groups } = *self;
        let Window { side, stride, .. } = window;
        let (depth, outputs) = (self.depth(), weight.len() / (groups * self.depth()));
        let of_each = channels / groups;
        let lines = window.phase(rests[0], height);
        let columns = window.phase(rests[1], width);
        // Lines and columns of weights that reach them, the last first.
        let reaching = |rest: usize| (rest..side).step_by(stride).rev();
        let [high, wide] = rests.map(|rest| reaching(rest).count());
        if high * wide * lines.len() * columns.len() == 0 {
            return vec![0.0; batch * lines.len() * columns.len() * channels];
        }
        let mut weights = Vec::with_capacity(groups * high * wide * outputs * of_each);
        for weight in weight.chunks_exact(depth * outputs) {
            for (y, x) in reaching(rests[0]).flat_map(|y| reaching(rests[1]).map(move |x| (y, x))) {
                let at_pixel = &weight[(y * side + x) * of_each * outputs..];
                for output in 0..outputs {
                    let of_channels = at_pixel[output..].iter().step_by(outputs).take(of_each);
                    weights.extend(of_channels);
                }
            }
        }
        let most = side.div_ceil(stride);
        let lines: Vec<_> = lines.map(|line| line + most - high).collect();
        let columns: Vec<_> = columns.map(|column| column + most - wide).collect();
        let starts = gradient.starts(&lines, &columns);
        let windows = gradient.windows([high, wide], &starts);
        let length = weights.len() / groups;
        let products = windows.iter().enumerate().map(|(group, windows)| Product {
            lhs: Lhs::Windows(windows),
            rhs: Rhs::Rows(Matrix { values: &weights[group * length..], stride: of_each }),
            rows: starts.len(),
            depth: high * wide * outputs,
            columns: of_each,
            epilogue: Epilogue::Store,
        });
        concat_columns(&products.collect::<Vec<_>>())
    }
}
