//! What a layer multiplies: rows by a matrix, or the windows of images by one.

use burn_flex::FlexTensor;

use super::convolution::Convolution;
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

impl Map {
    /// `x · weight`.
    pub(super) fn apply(
        self,
        x: &FlexTensor,
        weight: &FlexTensor,
        finish: Finish<'_>,
    ) -> FlexTensor {
        let (x, weight) = (x.to_contiguous(), weight.to_contiguous());
        let [depth, columns] = dims(&weight);
        match self {
            Self::Matrix => {
                let [rows, _] = dims(&x);
                let product = Product {
                    left: Left::Rows(Matrix { numbers: numbers(&x), stride: depth }),
                    right: Right::Rows(Matrix { numbers: numbers(&weight), stride: columns }),
                    rows,
                    depth,
                    columns,
                    finish,
                };
                tensor(product.compute(), [rows, columns])
            }
            Self::Convolution(convolution) => {
                let outputs = convolution.apply(numbers(&x), numbers(&weight), finish);
                tensor(outputs, convolution.output_shape(convolution.groups * columns))
            }
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
    pub(super) fn weight_gradient(self, x: &FlexTensor, y: &FlexTensor) -> FlexTensor {
        let (x, y) = (x.to_contiguous(), y.to_contiguous());
        match self {
            Self::Matrix => transposed_times(&x, &y),
            Self::Convolution(convolution) => {
                let gradient = convolution.weight_gradient(numbers(&x), numbers(&y));
                let [.., outputs] = y.layout().shape().dims::<4>();
                let columns = outputs / convolution.groups;
                let rows = gradient.len() / columns;
                tensor(gradient, [rows, columns])
            }
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
