//! Turns a snapshot into digits on the terminal, with `gan-model` alone.
//!
//!     cargo run --example sample-from-snapshot -- train-mnist.safetensors

use burn::tensor::Device;
use gan_model::{SampleRequest, Sampler, Snapshot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a snapshot, such as train-mnist.safetensors")?;
    let sampler = Sampler::from_snapshot(&Snapshot::open(path)?, &Device::flex())?;
    let images = sampler.images(&SampleRequest::seeds(0..4))?; // f32 [4, channels, height, width] in [0, 1]

    let [_, channels, height, width] = images.dims();
    let pixels: Vec<f32> = images.into_data().try_to_vec()?;
    for image in pixels.chunks(channels * height * width) {
        for row in image.chunks(width).take(height) {
            let shade = |&value: &f32| b" .:-=+*#%@"[(value * 9.99) as usize] as char;
            println!("{}", row.iter().map(shade).collect::<String>());
        }
    }
    Ok(())
}
