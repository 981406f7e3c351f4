//! FID's Inception-v3, with weights made by a formula on both sides.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor, TensorData};
use gan_metrics::{Extractor, Inception};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use crate::arrays;

/// Numbers in [0, 1) from a name and an index; `fixtures/inception_reference.py` has the same.
fn hashed(name: &str, count: usize) -> Vec<f64> {
    let start = name
        .bytes()
        .fold(0x811C_9DC5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let number = |index: u32| {
        let x = index.wrapping_add(start).wrapping_mul(0x9E37_79B1);
        let x = (x ^ (x >> 15)).wrapping_mul(0x85EB_CA77);
        f64::from((x ^ (x >> 13)) >> 8) / 16_777_216.0
    };
    (0..count as u32).map(number).collect()
}

fn fill(name: &str, shape: &[usize]) -> Vec<u8> {
    let fan_in: usize = shape[1..].iter().product();
    let value = |unit: f64| {
        if name.ends_with("conv.weight") {
            (2.0 * unit - 1.0) * (6.0 / fan_in as f64).sqrt()
        } else if name.ends_with("running_mean") || name.ends_with("bn.bias") {
            0.2 * (unit - 0.5)
        } else {
            0.5 + unit
        }
    };
    let unit = hashed(name, shape.iter().product());
    unit.into_iter().flat_map(|unit| (value(unit) as f32).to_le_bytes()).collect()
}

/// A weight file in which `change` has altered names and shapes.
fn weight_file(change: impl Fn(&mut Vec<(String, Vec<usize>)>)) -> Vec<u8> {
    let mut tensors = Inception::tensors();
    change(&mut tensors);
    let filled: Vec<Vec<u8>> = tensors.iter().map(|(name, shape)| fill(name, shape)).collect();
    let views = tensors.iter().zip(&filled).map(|((name, shape), bytes)| {
        (name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap())
    });
    safetensors::serialize(views, None::<HashMap<String, String>>).unwrap()
}

fn open(name: &str, bytes: &[u8]) -> Result<Extractor, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    Extractor::inception(&file, &Device::flex()).map_err(|error| error.to_string())
}

#[test]
fn features_agree_with_pytorch_fids_own_network() {
    let reference = arrays::npy(include_bytes!("../../fixtures/inception_features.npy"));
    let extractor = open("formula.safetensors", &weight_file(|_| ())).unwrap();
    let values: Vec<f32> =
        hashed("images", 2 * 3 * 20 * 28).into_iter().map(|unit| unit as f32).collect();
    let device = Device::flex();
    let images = Tensor::<4>::from_data(TensorData::new(values, [2, 3, 20, 28]), &device);
    // The second image is darker.
    let dimmer = Tensor::<1>::from_floats([1.0, 0.25], &device).reshape([2, 1, 1, 1]);
    let outputs = extractor.outputs(images * dimmer).unwrap();
    assert_eq!(outputs.features.dims(), [2, extractor.feature_dim()]);
    let features: Vec<f32> = outputs.features.into_data().try_to_vec().unwrap();
    arrays::assert_close(&features, &reference, 1e-5);
    // Not all images are one to it.
    let distance: f32 =
        features[..2048].iter().zip(&features[2048..]).map(|(a, b)| (a - b).abs()).sum();
    assert!(distance / 2048.0 > 0.1, "{distance}");
}

#[test]
fn a_file_that_lacks_a_tensor_or_has_one_of_another_shape_is_refused_by_its_name() {
    let last = Inception::tensors().len() - 1;
    let first = |change: fn(&mut (String, Vec<usize>))| {
        // Only the tensors up to the first wrong one are looked at: a small file will do.
        weight_file(move |tensors| {
            tensors.truncate(5);
            change(&mut tensors[4]);
        })
    };
    let missing = open("a.safetensors", &first(|tensor| tensor.0.push('_'))).unwrap_err();
    assert!(missing.contains("Conv2d_1a_3x3.bn.running_var` is missing"), "{missing}");
    let short = open("a.safetensors", &first(|tensor| tensor.1 = vec![31])).unwrap_err();
    assert!(short.contains("running_var` has shape [31], the network needs [32]"), "{short}");
    let end = open("a.safetensors", &first(|_| ())).unwrap_err();
    assert!(end.contains("Conv2d_2a_3x3.conv.weight` is missing"), "{end}");
    assert_eq!(Inception::tensors()[last].0, "Mixed_7c.branch_pool.bn.running_var");
}

#[test]
fn a_pth_file_of_torch_save_is_read() {
    // It holds Conv2d_1a_3x3 alone, as the script beside it filled it.
    let bytes = include_bytes!("../../fixtures/inception_begin.pth");
    let message = open("begin.pth", bytes).unwrap_err();
    assert!(message.contains("Conv2d_2a_3x3.conv.weight` is missing"), "{message}");
    for wrong in [&b""[..], b"not a pickle", &bytes[..bytes.len() / 2]] {
        let message = open("wrong.pth", wrong).unwrap_err();
        assert!(message.contains("wrong.pth"), "{message}");
    }
}
