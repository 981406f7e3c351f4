//! The linear operation of a layer: rows times a matrix, or the windows of images times one.

use std::sync::Arc;

use burn_flex::FlexTensor;

use super::conv::{Convolution, PaddedInput};
use super::gemm::{Epilogue, Lhs, Matrix, Product, Rhs};
use super::storage::{dims, tensor, values};

/// An operation that is linear in both of its operands.
#[derive(Clone, Copy, Debug)]
pub enum LinearOp {
    /// `x`, `[batch, inputs]`, by `weight`, `[inputs, outputs]`.
    Matrix,
    /// Images by the weights of a convolution.
    Convolution(Convolution),
}

/// The left operand, ready to be multiplied by weights or gradients, once or several times.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Rows(FlexTensor),
    Images(Arc<PaddedInput>),
}

impl LinearOp {
    /// `x`, as the operation multiplies it.
    pub(super) fn operand(self, x: &FlexTensor) -> Operand {
        let x = x.to_contiguous();
        match self {
            Self::Matrix => Operand::Rows(x),
            Self::Convolution(convolution) => {
                Operand::Images(Arc::new(convolution.pad(values(&x))))
            }
        }
    }

    /// `x · weight`.
    pub(super) fn apply(
        self,
        x: &Operand,
        weight: &FlexTensor,
        epilogue: Epilogue<'_>,
    ) -> FlexTensor {
        let weight = weight.to_contiguous();
        let [depth, columns] = dims(&weight);
        match (self, x) {
            (Self::Matrix, Operand::Rows(x)) => {
                let [rows, _] = dims(x);
                let product = Product {
                    lhs: Lhs::Rows(Matrix { values: values(x), stride: depth }),
                    rhs: Rhs::Rows(Matrix { values: values(&weight), stride: columns }),
                    rows,
                    depth,
                    columns,
                    epilogue,
                };
                tensor(product.compute(), [rows, columns])
            }
            (Self::Convolution(convolution), Operand::Images(images)) => {
                let outputs = convolution.apply(images, values(&weight), epilogue);
                tensor(outputs, convolution.output_shape(convolution.groups * columns))
            }
            _ => unreachable!("an operand of this operation"),
        }
    }

    /// `y · weightᵀ`, in the shape of `x`, of `y` in that of `x · weight`.
    pub(super) fn transpose(self, y: &FlexTensor, weight: &FlexTensor) -> FlexTensor {
        let (y, weight) = (y.to_contiguous(), weight.to_contiguous());
        match self {
            Self::Matrix => {
                let ([rows, depth], [columns, _]) = (dims(&y), dims(&weight));
                let product = Product {
                    lhs: Lhs::Rows(Matrix { values: values(&y), stride: depth }),
                    rhs: Rhs::Transposed(Matrix { values: values(&weight), stride: depth }),
                    rows,
                    depth,
                    columns,
                    epilogue: Epilogue::Store,
                };
                tensor(product.compute(), [rows, columns])
            }
            Self::Convolution(convolution) => {
                let images = convolution.transpose(values(&y), values(&weight));
                tensor(images, convolution.shape)
            }
        }
    }

    /// `xᵀ · y`, in the shape of `weight`.
    pub(super) fn weight_gradient(self, x: &Operand, y: &FlexTensor) -> FlexTensor {
        let y = y.to_contiguous();
        match (self, x) {
            (Self::Matrix, Operand::Rows(x)) => transposed_times(x, &y),
            (Self::Convolution(convolution), Operand::Images(images)) => {
                let gradient = convolution.weight_gradient(images, values(&y));
                let [.., outputs] = y.layout().shape().dims::<4>();
                let columns = outputs / convolution.groups;
                let rows = gradient.len() / columns;
                tensor(gradient, [rows, columns])
            }
            _ => unreachable!("an operand of this operation"),
        }
    }
}

/// `xᵀ · y`, `[inputs, outputs]`, of `x`, `[batch, inputs]`, and `y`, `[batch, outputs]`.
fn transposed_times(x: &FlexTensor, y: &FlexTensor) -> FlexTensor {
    let ([batch, inputs], [_, outputs]) = (dims(x), dims(y));
    let [of_x, of_y] = [(x, inputs), (y, outputs)]
        .map(|(tensor, stride)| Matrix { values: values(tensor), stride });
    let product = Product {
        lhs: Lhs::Transposed(of_x),
        rhs: Rhs::Rows(of_y),
        rows: inputs,
        depth: batch,
        columns: outputs,
        epilogue: Epilogue::Store,
    };
    let product = match outputs {
        // A column is a row: the same sums, but whole vectors of them.
        1 => Product {
            lhs: Lhs::Rows(Matrix { stride: batch, ..of_y }),
            rhs: Rhs::Rows(of_x),
            rows: 1,
            columns: inputs,
            ..product
        },
        _ => product,
    };
    tensor(product.compute(), [inputs, outputs])
}
