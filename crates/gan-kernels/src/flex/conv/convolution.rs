//! Convolutions over images `[batch, height, width, channels]`, their transposes, and the gradients of
//! their weights: products of windows.
//!
//! Weights are `[groups · side · side · channels, outputs]`, with the channels and outputs of one group;
//! what comes out is `[batch, h', w', groups · outputs]`.

use super::fold::{fold, interleave};
use super::panels::turn;
use super::product::{Finish, Left, Matrix, Product, Right, one_below_the_other, side_by_side};
use super::windows::{Padded, Windows};
use crate::Window;

/// With fewer channels than this, a product has too few columns for its vectors: the transpose is then
/// the sum of windows.
const FEW: usize = 8;

/// Where a convolution looks.
#[derive(Clone, Copy, Debug)]
pub struct Convolution {
    /// Of the images, `[batch, height, width, channels]`.
    pub shape: [usize; 4],
    pub window: Window,
    pub groups: usize,
}

/// Images with zeros around them, and where their windows lie.
#[derive(Debug)]
pub(crate) struct Seen {
    padded: Padded,
    starts: Vec<usize>,
}

impl Convolution {
    /// `[batch, h', w', outputs]`.
    pub fn output_shape(&self, outputs: usize) -> [usize; 4] {
        let [batch, height, width, _] = self.shape;
        [batch, self.window.places(height), self.window.places(width), outputs]
    }

    /// Numbers of a window in one group.
    fn depth(&self) -> usize {
        self.window.side * self.window.side * self.shape[3] / self.groups
    }

    /// Looks at images, to be multiplied once or several times.
    pub fn see(&self, images: &[f32]) -> Seen {
        let Window { stride, padding, .. } = self.window;
        let padded = Padded::new(images, self.shape, self.groups, [padding; 2]);
        let [_, rows, columns, _] = self.output_shape(0);
        let at = |count: usize| (0..count).map(|place| place * stride).collect::<Vec<_>>();
        let starts = padded.starts(&at(rows), &at(columns));
        Seen { padded, starts }
    }

    /// The convolution itself.
    pub fn apply(&self, images: &Seen, weight: &[f32], finish: Finish<'_>) -> Vec<f32> {
        let Seen { padded, starts } = images;
        let windows = padded.windows([self.window.side; 2], starts);
        let (depth, length) = (self.depth(), weight.len() / self.groups);
        let columns = length / depth;
        let products = windows.iter().enumerate().map(|(group, windows)| Product {
            left: Left::Windows(windows),
            right: Right::Rows(Matrix { numbers: &weight[group * length..], stride: columns }),
            rows: starts.len(),
            depth,
            columns,
            finish: match finish {
                Finish::Store => Finish::Store,
                Finish::Layer(bias, activation) => {
                    Finish::Layer(&bias[group * columns..][..columns], activation)
                }
            },
        });
        side_by_side(&products.collect::<Vec<_>>())
    }

    /// The gradient of the weights, from the one in the output.
    pub fn weight_gradient(&self, images: &Seen, gradient: &[f32]) -> Vec<f32> {
        let Seen { padded, starts } = images;
        let windows = padded.windows([self.window.side; 2], starts);
        let stride = gradient.len() / starts.len();
        let columns = stride / self.groups;
        let gradient = |group: usize| Matrix { numbers: &gradient[group * columns..], stride };
        let (depth, finish) = (starts.len(), Finish::Store);
        if windows.iter().all(Windows::in_vectors) {
            // The transpose, whose columns are the many numbers of a window, not the few of a group.
            let products = windows.iter().enumerate().map(|(group, windows)| Product {
                left: Left::Transposed(gradient(group)),
                right: Right::Windows(windows, 0),
                rows: columns,
                depth,
                columns: self.depth(),
                finish,
            });
            let turned = match products.collect::<Vec<_>>()[..] {
                [product] => product.compute(),
                ref products => one_below_the_other(products),
            };
            let mut weights = Vec::with_capacity(turned.len());
            let (mut panel, stride) = (Vec::new(), self.depth());
            for numbers in turned.chunks_exact(columns * stride) {
                turn(Matrix { numbers, stride }, 0..columns, 0..stride, columns, &mut panel);
                weights.extend_from_slice(&panel);
            }
            return weights;
        }
        let products = windows.iter().enumerate().map(|(group, windows)| Product {
            left: Left::TransposedWindows(windows),
            right: Right::Rows(gradient(group)),
            rows: self.depth(),
            depth,
            columns,
            finish,
        });
        one_below_the_other(&products.collect::<Vec<_>>())
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
        let padded = Padded::new(gradient, shape, self.groups, [most - 1, most]);
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
            left: Left::Rows(Matrix { numbers: gradient, stride: depth }),
            right: Right::Transposed(Matrix { numbers: weight, stride: depth }),
            rows: gradient.len() / depth,
            depth,
            columns,
            finish: Finish::Store,
        };
        fold(&product.compute(), self.shape, self.window)
    }

    /// The pixels of the gradient in the images whose line and column, counted with the padding, leave
    /// `rests` when divided by the stride: as no other pixel sees the weights that they see, they are a
    /// convolution of `gradient` with stride 1.
    fn phase(&self, gradient: &Padded, weight: &[f32], rests: [usize; 2]) -> Vec<f32> {
        let Self { shape: [batch, height, width, channels], window, groups } = *self;
        let Window { side, stride, .. } = window;
        let (depth, outputs) = (self.depth(), weight.len() / (groups * self.depth()));
        let of_each = channels / groups;
        let lines = window.phase(rests[0], height);
        let columns = window.phase(rests[1], width);
        // Lines and columns of weights that are seen, the last first.
        let seen = |rest: usize| (rest..side).step_by(stride).rev();
        let [high, wide] = rests.map(|rest| seen(rest).count());
        if high * wide * lines.len() * columns.len() == 0 {
            return vec![0.0; batch * lines.len() * columns.len() * channels];
        }
        let mut weights = Vec::with_capacity(groups * high * wide * outputs * of_each);
        for weight in weight.chunks_exact(depth * outputs) {
            for (y, x) in seen(rests[0]).flat_map(|y| seen(rests[1]).map(move |x| (y, x))) {
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
            left: Left::Windows(windows),
            right: Right::Rows(Matrix { numbers: &weights[group * length..], stride: of_each }),
            rows: starts.len(),
            depth: high * wide * outputs,
            columns: of_each,
            finish: Finish::Store,
        });
        side_by_side(&products.collect::<Vec<_>>())
    }
}
