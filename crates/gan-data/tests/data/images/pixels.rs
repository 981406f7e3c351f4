//! Pixels: bytes and numbers between 0 and 1.

use burn::tensor::{Device, Tensor};
use gan_data::pixels::{tensor_to_bytes, to_byte, to_unit};

#[test]
fn every_byte_comes_back() {
    let bytes: Vec<u8> = (0..=255).collect();
    for &byte in &bytes {
        assert_eq!(to_byte(to_unit(byte)), byte);
    }
    let values: Vec<f32> = bytes.iter().copied().map(to_unit).collect();
    let tensor = Tensor::<1>::from_data(values.as_slice(), &Device::flex());
    assert_eq!(tensor_to_bytes(tensor.reshape([4, 1, 8, 8])), bytes);
}

#[test]
fn black_is_zero_and_white_is_one() {
    assert_eq!((to_unit(0), to_unit(255)), (0.0, 1.0));
    assert_eq!(to_byte(0.5), 128);
}

#[test]
fn numbers_outside_the_range_are_clamped_and_nan_is_black() {
    for black in [-0.1, -0.0, f32::NEG_INFINITY, f32::NAN] {
        assert_eq!(to_byte(black), 0);
    }
    for white in [1.1, 1e30, f32::INFINITY] {
        assert_eq!(to_byte(white), 255);
    }
}

#[test]
fn numbers_go_to_the_nearest_byte() {
    assert_eq!(to_byte(0.49 / 255.0), 0);
    assert_eq!(to_byte(0.51 / 255.0), 1);
    assert_eq!(to_byte(254.51 / 255.0), 255);
}
