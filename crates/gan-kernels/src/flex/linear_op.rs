//! What a layer multiplies: rows by a matrix, or the windows of images by one.

use std::sync::Arc;

use burn_flex::FlexTensor;

use super::convolution::{Convolution, Seen};
use super::product::{Finish, Left, Matrix, Product, Right};
use super::{dims, numbers, tensor};

/// A product that is linear in both of its factors.
#[derive(Clone, Copy, Debug)]
pub enum Map {
    /// `x`, `[batch, inputs]`, by `weight`, `[inputs, outputs]`.
    Matrix,
    /// Images by the weights of a convolution.
    Convolution(Convolution),
}

/// What a map multiplies by weights or gradients, once or several times.
#[derive(Clone, Debug)]
pub(super) enum Factor {
    Rows(FlexTensor),
    Images(Arc<Seen>),
}

impl Map {
    /// `x`, as the map multiplies it.
    pub(super) fn factor(self, x: &FlexTensor) -> Factor {
        let x = x.to_contiguous();
        match self {
            Self::Matrix => Factor::Rows(x),
            Self::Convolution(convolution) => {
                Factor::Images(Arc::new(convolution.see(numbers(&x))))
            }
        }
    }

    /// `x · weight`.
    pub(super) fn apply(self, x: &Factor, weight: &FlexTensor, finish: Finish<'_>) -> FlexTensor {
        let weight = weight.to_contiguous();
        let [depth, columns] = dims(&weight);
        match (self, x) {
            (Self::Matrix, Factor::Rows(x)) => {
                let [rows, _] = dims(x);
                let product = Product {
                    left: Left::Rows(Matrix { numbers: numbers(x), stride: depth }),
                    right: Right::Rows(Matrix { numbers: numbers(&weight), stride: columns }),
                    rows,
                    depth,
                    columns,
                    finish,
                };
                tensor(product.compute(), [rows, columns])
            }
            (Self::Convolution(convolution), Factor::Images(images)) => {
                let outputs = convolution.apply(images, numbers(&weight), finish);
                tensor(outputs, convolution.output_shape(convolution.groups * columns))
            }
            _ => unreachable!("a factor of this map"),
        }
    }

    /// `y · weightᵀ`, in the shape of `x`, of `y` in that of `x · weight`.
    pub(super) fn transpose(self, y: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
        let (y, weight) = (y.to_contiguous(), weight.to_contiguous());
        match self {
            Self::Matrix => {
                let ([rows, depth], [columns, _]) = (dims(&y), dims(&weight));
                let product = Product {
                    left: Left::Rows(Matrix { numbers: numbers(&y), stride: depth }),
                    right: Right::Transposed(Matrix { numbers: numbers(&weight), stride: depth }),
                    rows,
                    depth,
                    columns,
                    finish: Finish::Store,
                };
                tensor(product.compute(), [rows, columns])
            }
            Self::Convolution(convolution) => {
                let images = convolution.transpose(numbers(&y), numbers(&weight));
                tensor(images, convolution.shape)
            }
        }
    }

    /// `xᵀ · y`, in the shape of `weight`.
    pub(super) fn weight_gradient(self, x: &Factor, y: &FlexTensor) -> FlexTensor {
        let y = y.to_contiguous();
        match (self, x) {
            (Self::Matrix, Factor::Rows(x)) => transposed_times(x, &y),
            (Self::Convolution(convolution), Factor::Images(images)) => {
                let gradient = convolution.weight_gradient(images, numbers(&y));
                let [.., outputs] = y.layout().shape().dims::<4>();
                let columns = outputs / convolution.groups;
                let rows = gradient.len() / columns;
                tensor(gradient, [rows, columns])
            }
            _ => unreachable!("a factor of this map"),
        }
    }
}

/// `xᵀ · y`, `[inputs, outputs]`, of `x`, `[batch, inputs]`, and `y`, `[batch, outputs]`.
fn transposed_times(x: &FlexTensor, y: &FlexTensor) -> FlexTensor {
    let ([batch, inputs], [_, outputs]) = (dims(x), dims(y));
    let [of_x, of_y] = [(x, inputs), (y, outputs)]
        .map(|(tensor, stride)| Matrix { numbers: numbers(tensor), stride });
    let product = Product {
        left: Left::Transposed(of_x),
        right: Right::Rows(of_y),
        rows: inputs,
        depth: batch,
        columns: outputs,
        finish: Finish::Store,
    };
    let product = match outputs {
        // A column is a row: the same sums, but whole vectors of them.
        1 => Product {
            left: Left::Rows(Matrix { stride: batch, ..of_y }),
            right: Right::Rows(of_x),
            rows: 1,
            columns: inputs,
            ..product
        },
        _ => product,
    };
    tensor(product.compute(), [inputs, outputs])
}
