//! Files for other programs: `tests/python/check.py` compares them in onnxruntime, PyTorch and NumPy.

use std::path::{Path, PathBuf};

use gan_data::numpy;
use gan_interop::OPSET;

use crate::cases::{Case, cases};

/// Kept in the folder `GAN_INTEROP_CASES`, for `check.py`, where that is set.
#[test]
fn every_network_is_written_in_every_format_and_twice_the_same() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = std::env::var_os("GAN_INTEROP_CASES").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).expect("a folder");
    for case in cases() {
        for (extension, bytes) in files(&case) {
            std::fs::write(folder.join(format!("{}.{extension}", case.name)), &bytes)
                .expect("room on the disk");
            let again = files(&case).into_iter().find(|(other, _)| *other == extension);
            assert_eq!(again.map(|(_, bytes)| bytes), Some(bytes), "{}.{extension}", case.name);
        }
    }
    assert!(written(&folder, "onnx") > 30);
    assert_eq!(written(&folder, "onnx"), written(&folder, "pth"));
}

#[test]
fn a_file_names_inputs_outputs_ranges_classes_and_opset_for_a_reader() {
    let case = cases().into_iter().find(|case| case.name == "dcgan-conditional-generator");
    let onnx = case.expect("a preset").network.onnx();
    let text = String::from_utf8_lossy(&onnx);
    let words =
        ["latents", "classes", "images", "image_range", "normal, mean 0", "ConvTranspose", "batch"];
    for word in words {
        assert!(text.contains(word), "{word}");
    }
    assert_eq!(OPSET, 17);
}

fn files(case: &Case) -> Vec<(&'static str, Vec<u8>)> {
    let weights = format!("{}.pth", case.name);
    vec![
        ("onnx", case.network.onnx()),
        ("pth", case.network.pth()),
        ("py", case.network.pytorch_module(&weights).into_bytes()),
        ("npz", case.network.npz()),
        ("cases.npz", comparison(case)),
    ]
}

/// Inputs and our own outputs.
fn comparison(case: &Case) -> Vec<u8> {
    let array = |data: &burn::tensor::TensorData| {
        let shape: Vec<u64> = data.shape().iter().map(|&side| side as u64).collect();
        let values: &[f32] = data.as_slice().expect("networks are f32");
        numpy::npy(&shape, values).expect("as many values as the shape says")
    };
    let mut arrays = vec![("input", array(&case.input)), ("output", array(&case.output))];
    if let Some(classes) = &case.classes {
        let bytes = numpy::npy(&[classes.len() as u64], classes).expect("one for each image");
        arrays.push(("classes", bytes));
    }
    numpy::npz(&arrays).expect("different names")
}

fn written(folder: &Path, extension: &str) -> usize {
    let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    files.filter(|file| file.path().extension().is_some_and(|end| end == extension)).count()
}
