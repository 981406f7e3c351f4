//! `gan train-extractor`: a classifier whose features metrics are computed on.

use std::cell::RefCell;
use std::collections::BTreeSet;

use burn::tensor::{Device, Tensor};
use gan_data::{ImageSet, Rule};
use gan_metrics::{ExtractorTraining, LabelledImages, TrainingProgress, train_extractor};
use gan_run::write_file;

use crate::failure::Failure;
use crate::flags::TrainExtractorArgs;
use crate::terminal::{self, Work};
use crate::{machine, measuring, source};

/// One image in so many is a test image, as in MNIST.
const TEST_SHARE: usize = 7;

pub fn run(args: &TrainExtractorArgs) -> Result<(), Failure> {
    machine::set_threads(args.threads);
    let data = match &args.data {
        None => source::open_data(None)?,
        Some(path) => measuring::open_images(path, args.rule.options(Rule::default()))?,
    };
    let Some(labels) = data.labels() else {
        return Err(Failure::new(format!("{}: these images have no labels", data.name())).hint(
            "a classifier learns from labels: name a labelled IDX file or folder, a .npz with \
             labels, or a folder of PNG pictures with one folder for each class",
        ));
    };
    let [train, test] = parts(labels);
    let training = ExtractorTraining { name: name(&data), epochs: args.epochs, seed: args.seed };
    terminal::say(format!(
        "training {} on {} images of {}, testing on {}",
        training.name,
        train.len(),
        data.name(),
        test.len()
    ));

    let device = Device::flex();
    let work = Work::begin("steps");
    let mut last = 0;
    let mut tell = |TrainingProgress { step, steps }: TrainingProgress| {
        if last == 0 {
            work.stage("steps", steps as u64);
        }
        work.advance(step as u64 - last);
        last = step as u64;
    };
    // What cannot be read ends the training afterwards; nobody sees what is made of zeros.
    let unread = RefCell::new(None);
    let images = |indices: &[u32]| {
        data.batch(indices, &device).unwrap_or_else(|error| {
            unread.replace(Some(error));
            let [channels, height, width] = data.shape();
            Tensor::zeros([indices.len(), channels, height, width], &device)
        })
    };
    let labelled = LabelledImages { image_shape: data.shape(), images: &images, labels };
    let trained = train_extractor(&training, labelled, [&train, &test], &device, &mut tell);
    drop(work);
    if let Some(error) = unread.into_inner() {
        return Err(error.into());
    }
    let network = trained.map_err(|error| Failure::new(format!("{}: {error}", data.name())))?;
    write_file(&args.out, &network.to_bytes())?;
    Ok(terminal::print(format!(
        "test accuracy {:.2} %\nsha256 {}\n{}",
        network.description().test_accuracy * 100.0,
        network.hash(),
        args.out.display()
    ))?)
}

/// Indices to train on and to test on: the last seventh are for testing, as MNIST has it, unless
/// images sorted by class would leave a class out; then every seventh is.
fn parts(labels: &[u32]) -> [Vec<u32>; 2] {
    let classes = |labels: &[u32]| labels.iter().copied().collect::<BTreeSet<u32>>();
    let first_test = labels.len() - labels.len() / TEST_SHARE;
    let (train, test) = labels.split_at(first_test);
    let all = 0..labels.len() as u32;
    let (train, test): (Vec<u32>, Vec<u32>) = match classes(train) == classes(test) {
        true => all.partition(|&index| (index as usize) < first_test),
        false => all.partition(|&index| !(index as usize + 1).is_multiple_of(TEST_SHARE)),
    };
    [train, test]
}

/// What metrics will be named after: `mnistcnn` for `mnist`.
fn name(data: &ImageSet) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let plain: String = data.name().to_ascii_lowercase().chars().filter(is_plain).collect();
    format!("{plain}cnn")
}
