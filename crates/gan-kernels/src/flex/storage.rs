//! `flex` tensors as slices, and slices as tensors.

use burn::tensor::DType;
use burn_flex::{FlexTensor, Layout};

/// `tensor` itself if it lies row by row and fills its storage, otherwise a copy that does.
pub(super) fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.is_contiguous() && tensor.storage::<f32>().len() == tensor.layout().num_elements() {
        return tensor;
    }
    tensor.to_contiguous()
}

/// The values of a contiguous tensor.
pub(super) fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("made contiguous, and f32 as `runs_on` has checked")
}

pub(super) fn dims(tensor: &FlexTensor) -> [usize; 2] {
    tensor.layout().shape().dims()
}

pub(super) fn tensor(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FlexTensor {
    let bytes = burn::tensor::Bytes::from_elems(values);
    FlexTensor::new(bytes, Layout::contiguous(shape.into()), DType::F32)
}
