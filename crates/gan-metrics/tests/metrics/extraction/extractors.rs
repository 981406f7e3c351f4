//! Extractors and their files.

use burn::tensor::{Device, Tensor, TensorData};
use gan_metrics::{Extractor, ExtractorError, MnistCnn};

use crate::arrays::{self, damaged};

#[test]
fn the_embedded_classifier_computes_what_pytorch_computes() {
    let reference = arrays::npy(include_bytes!("../../fixtures/mnistcnn_outputs.npy"));
    let pixel = |index: usize| {
        let (image, y, x) = (index / 784, index % 784 / 28, index % 28);
        let i = image as f64;
        let radius = (y as f64 - 12.0 - i).hypot(x as f64 - 14.0);
        (-((radius - 5.0 - i) / 1.5).powi(2)).exp() as f32
    };
    let images = TensorData::new((0..3 * 784).map(pixel).collect::<Vec<_>>(), [3, 1, 28, 28]);
    let device = Device::flex();
    let extractor = Extractor::mnistcnn(&device).unwrap();
    let outputs = extractor.outputs(Tensor::from_data(images, &device)).unwrap();
    let both = Tensor::cat(vec![outputs.features, outputs.logits.unwrap()], 1);
    assert_eq!(both.dims(), [3, extractor.feature_dim() + 10]);
    arrays::assert_close(&both.into_data().try_to_vec().unwrap(), &reference, 1e-5);
}

#[test]
fn the_embedded_classifier_knows_993_of_1000_test_digits() {
    let device = Device::flex();
    let Extractor::MnistCnn(network) = Extractor::mnistcnn(&device).unwrap() else { panic!() };
    let mnist = gan_data::mnist().unwrap();
    let labels = mnist.labels().unwrap();
    let right: usize = (60_000u32..70_000)
        .collect::<Vec<_>>()
        .chunks(500)
        .map(|indices| {
            let logits =
                network.outputs(mnist.batch(indices, &device).unwrap()).unwrap().logits.unwrap();
            let answers: Vec<i64> =
                logits.argmax(1).into_data().convert::<i64>().try_to_vec().unwrap();
            let labels = indices.iter().map(|&index| i64::from(labels[index as usize]));
            answers.into_iter().zip(labels).filter(|(answer, label)| answer == label).count()
        })
        .sum();
    assert!(right >= 9_930, "{right} of 10,000");
    assert_eq!(right as f64 / 1e4, network.description().test_accuracy);
    assert_eq!(network.description().train_images, 60_000);
    assert!(network.to_bytes().len() < 1_000_000);
}

#[test]
fn a_classifier_comes_back_from_its_file() {
    let device = Device::flex();
    let Extractor::MnistCnn(network) = Extractor::mnistcnn(&device).unwrap() else { panic!() };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.safetensors");
    std::fs::write(&file, network.to_bytes()).unwrap();
    let copy = Extractor::from_file(&file, &device).unwrap();
    assert_eq!((copy.name(), copy.hash()), ("mnistcnn", network.hash()));
    assert_eq!(copy.feature_dim(), 64);

    let error = Extractor::from_file(&folder.path().join("nowhere"), &device).unwrap_err();
    assert!(matches!(error, ExtractorError::Read { .. }), "{error}");
}

#[test]
fn a_damaged_file_is_refused_with_what_is_wrong() {
    let device = Device::flex();
    let Extractor::MnistCnn(network) = Extractor::mnistcnn(&device).unwrap() else { panic!() };
    let whole = &network.to_bytes();
    let problem = |bytes: &[u8]| {
        let message = MnistCnn::from_bytes("file", bytes, &device).unwrap_err().to_string();
        assert!(message.starts_with("file: "), "{message}");
        message
    };
    for length in [0, 7, 8, 200, whole.len() - 1] {
        assert!(problem(&whole[..length]).contains("safetensors"));
    }
    assert!(
        problem(&damaged(whole, "classes.bias", "classes.bios"))
            .contains("classes.bias` is missing")
    );
    assert!(problem(&damaged(whole, "gan-extractor", "gan-extracted")).contains("no extractor"));
    assert!(problem(&damaged(whole, "[1,28,28]", "[1,36,28]")).contains("the network needs"));
    assert!(problem(&damaged(whole, "[1,28,28]", "[1,99,99]")).contains("8 to 64"));
    assert!(problem(&damaged(whole, "[1,28,28]", "[1,28,2-]")).contains("description"));
    let mut infinite = whole.to_vec();
    let last = infinite.len() - 4;
    infinite[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(problem(&infinite).contains("not finite"));
}

#[test]
fn images_of_another_shape_are_refused() {
    let device = Device::flex();
    let extractor = Extractor::mnistcnn(&device).unwrap();
    for shape in [[1, 1, 28, 29], [1, 3, 28, 28], [2, 1, 32, 32]] {
        let message = extractor.outputs(Tensor::zeros(shape, &device)).unwrap_err().to_string();
        assert!(message.contains("mnistcnn takes images of 1 × 28 × 28"), "{message}");
    }
    let pixels = Extractor::pixels([1, 2, 3]);
    assert!(pixels.outputs(Tensor::zeros([1, 1, 3, 2], &device)).is_err());
}

#[test]
fn pixels_are_features_row_by_row() {
    let device = Device::flex();
    let values: Vec<f32> = (0..12).map(|i| i as f32 / 12.0).collect();
    let images = Tensor::from_data(TensorData::new(values.clone(), [2, 1, 2, 3]), &device);
    let pixels = Extractor::pixels([1, 2, 3]);
    let outputs = pixels.outputs(images).unwrap();
    assert_eq!(outputs.features.dims(), [2, pixels.feature_dim()]);
    assert_eq!(outputs.features.into_data().try_to_vec::<f32>().unwrap(), values);
    assert!(outputs.logits.is_none());
    assert_eq!((pixels.name(), pixels.hash().len()), ("pixels", 64));
}

/// Colour images `[count, 3, 32, 32]`: a disc of a random colour at a random place on a random
/// ground.
fn discs(count: usize, seed: u64) -> Vec<f32> {
    let mut normal = crate::synthetic::Normal::new(2 * seed + 1);
    let mut values = Vec::new();
    for _ in 0..count {
        let mut draw = |low: f64, high: f64| low + (high - low) * normal.unit();
        let (x, y, radius) = (draw(8.0, 24.0), draw(8.0, 24.0), draw(4.0, 8.0));
        let colours = [(); 3].map(|()| (draw(0.5, 1.0), draw(0.0, 0.3)));
        for (inside, outside) in colours {
            values.extend((0..32 * 32).map(|at| {
                let (row, column) = ((at / 32) as f64, (at % 32) as f64);
                let is_inside = (row - y).hypot(column - x) < radius;
                (if is_inside { inside } else { outside }) as f32
            }));
        }
    }
    values
}

#[test]
fn the_untrained_network_sees_blur_colour_place_and_collapse() {
    const COUNT: usize = 300;
    let device = Device::flex();
    let extractor = Extractor::randomcnn([3, 32, 32], &device);
    let features = |values: Vec<f32>| {
        let images = Tensor::from_data(TensorData::new(values, [COUNT, 3, 32, 32]), &device);
        let features = extractor.outputs(images).unwrap().features;
        assert_eq!(features.dims(), [COUNT, 256]);
        let values = features.into_data().try_to_vec().unwrap();
        gan_metrics::Features::new(COUNT, 256, values).unwrap()
    };
    let reals = features(discs(COUNT, 1));
    let fd = |values: Vec<f32>| {
        let none = gan_metrics::Resampling::none(0);
        gan_metrics::frechet_distance(&reals, &features(values), none).unwrap().value
    };
    let baseline = fd(discs(COUNT, 2));
    let plane = |at: usize| at / 1024 * 1024;
    let fakes = discs(COUNT, 3);
    let blurred = (0..fakes.len()).map(|at| {
        let (row, column) = (at % 1024 / 32, at % 32);
        let near = |by: usize, from: usize| (from + by).saturating_sub(2).min(31);
        let window =
            (0..25).map(|k| fakes[plane(at) + near(k / 5, row) * 32 + near(k % 5, column)]);
        window.sum::<f32>() / 25.0
    });
    let blurred: Vec<f32> = blurred.collect();
    let dim = fakes.iter().map(|x| 0.8 * x).collect();
    // The right half stands left of the left one: the same local patterns in other places.
    let swapped = (0..fakes.len()).map(|at| fakes[at / 32 * 32 + (at + 16) % 32]).collect();
    let collapsed = (0..fakes.len()).map(|at| fakes[at % (20 * 3 * 1024)]).collect();
    let defects: [(&str, Vec<f32>); 4] =
        [("blur", blurred), ("colour", dim), ("place", swapped), ("collapse", collapsed)];
    let found = defects.map(|(defect, values)| (defect, fd(values) / baseline));
    assert!(found.iter().all(|&(_, ratio)| ratio > 1.5), "times the baseline: {found:?}");
    assert!(extractor.outputs(Tensor::zeros([1, 3, 32, 31], &device)).is_err());
    let other = Extractor::randomcnn([1, 32, 32], &device);
    assert_ne!(other.hash(), extractor.hash());
    assert_eq!(Extractor::randomcnn([3, 32, 32], &device).hash(), extractor.hash());
}
