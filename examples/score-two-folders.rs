//! How far are two sets of images from each other? Their Fréchet distance, beside that of the two halves
//! of the real ones.
//!
//!     cargo run --example score-two-folders -- path/to/real path/to/samples

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_metrics::{Extractor, Features, Resampling, frechet_distance};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [real, samples] = paths.as_slice() else { return Err("name two folders of images".into()) };
    let (real, samples) = (gan_data::open(real)?, gan_data::open(samples)?);
    let extractor = match real.shape() {
        [1, 28, 28] => Extractor::mnistcnn(&Device::flex())?,
        shape => Extractor::pixels(shape),
    };

    // Equal numbers, since the distance falls as they grow.
    let count = (real.len() / 2).min(samples.len());
    let reference = features(&extractor, &real, 0..count)?;
    let measure = |images: &ImageSet, range| -> Result<f64, Box<dyn std::error::Error>> {
        let features = features(&extractor, images, range)?;
        Ok(frechet_distance(&reference, &features, Resampling::default())?.value)
    };
    println!("{count} images each, features of {}", extractor.name());
    println!("real against samples     {:.3}", measure(&samples, 0..count)?);
    println!("real against other real  {:.3}", measure(&real, count..2 * count)?);
    Ok(())
}

fn features(
    extractor: &Extractor,
    images: &ImageSet,
    range: std::ops::Range<usize>,
) -> Result<Features, Box<dyn std::error::Error>> {
    let (count, indices) = (range.len(), range.map(|index| index as u32).collect::<Vec<u32>>());
    let mut values = Vec::new();
    for batch in indices.chunks(250) {
        let outputs = extractor.outputs(images.batch(batch, &Device::flex())?)?;
        values.extend(outputs.features.into_data().iter::<f32>());
    }
    Ok(Features::new(count, extractor.feature_dim(), values)?)
}
