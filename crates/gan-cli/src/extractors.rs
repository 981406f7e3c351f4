//! Which extractor looks at images, and at how many.

use std::path::Path;

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::Extractor;

use crate::failure::Failure;
use crate::flags::MeasuringArgs;

/// What the field measures with, where the data has enough for two disjoint sets of it.
const USUAL_SAMPLES: usize = 10_000;

/// The extractor for images of this shape, unless another is named.
pub fn usual_extractor(shape: [usize; 3]) -> &'static str {
    if shape == [1, 28, 28] { "mnistcnn" } else { "pixels" }
}

/// Samples to measure, unless a number is given.
pub fn usual_samples(data: &ImageSet) -> usize {
    USUAL_SAMPLES.min(data.len() / 2).max(1)
}

/// The extractor that `args` name, or the usual one.
///
/// # Errors
/// If there is no such extractor, or not for images of this shape.
pub fn open_extractor(
    args: &MeasuringArgs,
    shape: [usize; 3],
    device: &Device,
) -> Result<Extractor, Failure> {
    let name = match &args.extractor {
        Some(name) => name.as_str(),
        None if args.inception_weights.is_some() => "inception",
        None => usual_extractor(shape),
    };
    extractor_called(name, args.inception_weights.as_deref(), shape, device)
}

/// The extractor called `name`, or the one in the file `name`.
pub fn extractor_called(
    name: &str,
    inception_weights: Option<&Path>,
    shape: [usize; 3],
    device: &Device,
) -> Result<Extractor, Failure> {
    match (name, inception_weights) {
        ("mnistcnn", _) => Ok(Extractor::mnistcnn(device)?),
        ("pixels", _) => Ok(Extractor::pixels(shape)),
        ("inception", Some(weights)) => Ok(Extractor::inception(weights, device)?),
        ("inception", None) => Err(Failure::usage("the extractor inception needs its weights")
            .hint(
                "--inception-weights FILE: pytorch-fid's pt_inception-2015-12-05-6726825d.pth, or \
                 the same as .safetensors",
            )),
        (file, _) => {
            if !Path::new(file).is_file() {
                return Err(Failure::usage(format!("--extractor {file}: no extractor, no file"))
                    .hint(
                        "one of mnistcnn, inception, pixels, or a file that \
                         `gan train-extractor` made",
                    ));
            }
            Ok(Extractor::from_file(Path::new(file), device)?)
        }
    }
}
