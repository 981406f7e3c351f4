//! Pixels: bytes in files and on screens, `f32` in `[0, 1]` in networks. The only conversion.

use burn::tensor::Tensor;

/// A byte as a number in `[0, 1]`; 255 is 1.
pub fn to_unit(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

/// The nearest byte; numbers outside `[0, 1]` are clamped, NaN is black.
pub fn to_byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// All values of `images`, any shape, as bytes in row-major order.
///
/// # Panics
/// If the tensor is not f32.
pub fn tensor_to_bytes<const D: usize>(images: Tensor<D>) -> Vec<u8> {
    let data = images.into_data();
    let values = data.as_slice::<f32>().expect("images are f32");
    values.iter().copied().map(to_byte).collect()
}
