//! Training a classifier.

use burn::tensor::{Device, Tensor, TensorData};
use gan_metrics::{ExtractorTraining, LabelledImages, MnistCnn, train_extractor};

const IMAGES: usize = 200;
const SHAPE: [usize; 3] = [1, 9, 8];

/// Image `index`: grey noise, and a bright bar whose direction is the label.
fn image(index: u32) -> Vec<f32> {
    let [_, height, width] = SHAPE;
    let upright = label(index) == 1;
    let pixel = |place: usize| {
        let (y, x) = (place / width, place % width);
        let noise = ((index as usize * 31 + place * 17) % 23) as f32 / 100.0;
        let bar = if upright { x == 4 } else { y == 4 };
        if bar { 1.0 - noise } else { noise }
    };
    (0..height * width).map(pixel).collect()
}

fn label(index: u32) -> u32 {
    u32::from(index * 7 % 5 < 2)
}

fn batch(indices: &[u32]) -> Tensor<4> {
    let values: Vec<f32> = indices.iter().copied().flat_map(image).collect();
    let [channels, height, width] = SHAPE;
    Tensor::from_data(
        TensorData::new(values, [indices.len(), channels, height, width]),
        &Device::flex(),
    )
}

fn train(seed: u64, epochs: usize) -> Result<MnistCnn, String> {
    let labels: Vec<u32> = (0..IMAGES as u32).map(label).collect();
    let data = LabelledImages { image_shape: SHAPE, images: &batch, labels: &labels };
    let training = ExtractorTraining { name: "barcnn".into(), epochs, seed };
    let (train, test): (Vec<u32>, Vec<u32>) = (0..IMAGES as u32).partition(|index| index % 4 > 0);
    train_extractor(&training, data, [&train, &test], &Device::flex(), &mut |_| ())
        .map_err(|error| error.to_string())
}

#[test]
fn it_learns_what_the_labels_say() {
    let network = train(1, 8).unwrap();
    let description = network.description();
    assert_eq!(description.test_accuracy, 1.0);
    assert_eq!((description.train_images, description.test_images), (150, 50));
    assert_eq!((description.name.as_str(), description.classes), ("barcnn", 2));
    let outputs = network.outputs(batch(&[0, 1, 2])).unwrap();
    let logits: Vec<f32> = outputs.logits.unwrap().into_data().try_to_vec().unwrap();
    let answers: Vec<u32> = logits.chunks(2).map(|pair| u32::from(pair[1] > pair[0])).collect();
    assert_eq!(answers, [label(0), label(1), label(2)]);
    assert_eq!(outputs.features.dims(), [3, MnistCnn::FEATURES]);
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() {
    let with_threads = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(seed, 2).unwrap().to_bytes())
    };
    let one = with_threads(1, 5);
    assert!(one == with_threads(3, 5));
    assert!(one != with_threads(1, 6));
}

#[test]
fn it_tells_of_every_step() {
    let labels: Vec<u32> = (0..IMAGES as u32).map(label).collect();
    let data = LabelledImages { image_shape: SHAPE, images: &batch, labels: &labels };
    let training = ExtractorTraining { name: "barcnn".into(), epochs: 2, seed: 0 };
    let indices: Vec<u32> = (0..130).collect();
    let mut steps = Vec::new();
    let mut tell = |progress: gan_metrics::TrainingProgress| {
        assert_eq!(progress.steps, 4);
        steps.push(progress.step);
    };
    train_extractor(&training, data, [&indices, &[150]], &Device::flex(), &mut tell).unwrap();
    assert_eq!(steps, [1, 2, 3, 4]);
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let message = train(0, 0).unwrap_err();
    assert!(message.contains("at least an epoch"), "{message}");

    let with = |image_shape, labels: &[u32], train: &[u32]| {
        let data = LabelledImages { image_shape, images: &batch, labels };
        let training = ExtractorTraining { name: "cnn".into(), epochs: 1, seed: 0 };
        let trained = train_extractor(&training, data, [train, &[0]], &Device::flex(), &mut |_| ());
        trained.unwrap_err().to_string()
    };
    let all: Vec<u32> = (0..IMAGES as u32).collect();
    let labels: Vec<u32> = all.iter().copied().map(label).collect();
    assert!(with(SHAPE, &labels, &all[..63]).contains("64 training images"));
    assert!(with(SHAPE, &[0; IMAGES], &all).contains("1 classes"));
    assert!(with(SHAPE, &labels[..150], &all).contains("image 150 has no label"));
    assert!(with([2, 9, 8], &labels, &all).contains("2 channels"));
    assert!(with([1, 7, 8], &labels, &all).contains("7 × 8"));
    assert!(with([1, 9, 65], &labels, &all).contains("9 × 65"));
}
