//! Turns a snapshot into digits on the terminal, with `gan-model` alone.
//!
//!     cargo run -p sample-from-snapshot -- runs/00000-tutorial-mnist/snapshot-060000.safetensors

use burn::tensor::Device;
use gan_model::{Generate, Snapshot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a snapshot-*.safetensors file")?;
    let device = Device::flex();
    let snapshot = Snapshot::open(path)?;
    let generator = snapshot.generator(&device)?;
    let latents = snapshot.latent_space().for_seeds(&[0, 1, 2, 3], &device);
    let images = generator.generate(latents, None); // f32 [4, 1, height, width] in [0, 1]

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
