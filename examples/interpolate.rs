//! Walks through the latents from seed to seed and back: `interpolate.gif`.
//!
//!     cargo run --example interpolate -- train-mnist.safetensors

use burn::tensor::{Device, Tensor};
use gan_data::picture::{encode_gif, grid};
use gan_model::{SampleRequest, Sampler, Snapshot};

/// Pictures from one seed to the next.
const FRAMES: usize = 12;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a snapshot, such as train-mnist.safetensors")?;
    let sampler = Sampler::from_snapshot(&Snapshot::open(path)?, &Device::flex())?;

    // Four cells that walk through four seeds each: seed 4k + cell is where cell is at turn k.
    let (cells, turns) = (4, 4);
    let request = SampleRequest::seeds(0..cells * turns);
    let latents = sampler.latents(&request)?.split(cells as usize, 0);
    let labels = sampler.labels(&request)?.map(|labels| labels.split(cells as usize, 0));
    let mut pictures = Vec::new();
    for turn in 0..turns as usize {
        let (from, to) = (&latents[turn], &latents[(turn + 1) % turns as usize]);
        for frame in 0..FRAMES {
            let t = frame as f32 / FRAMES as f32;
            let between: Tensor<2> = from.clone() * (1.0 - t) + to.clone() * t;
            let images = sampler.generate(between, labels.as_ref().map(|all| all[turn].clone()));
            pictures.push(grid(images, 4).enlarged(4));
        }
    }
    std::fs::write("interpolate.gif", encode_gif(&pictures, 6)?)?;
    println!("interpolate.gif: {} pictures", pictures.len());
    Ok(())
}
