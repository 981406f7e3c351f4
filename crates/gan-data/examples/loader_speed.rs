//! How long a batch of 64 images takes to read, in a random order, and what memory that needs:
//!
//! `cargo run -p gan-data --example loader_speed -- PATH`
//!
//! Beside a training step of the same images (`gan bench --preset dcgan --image-size 32`).

use std::time::Instant;

use burn::tensor::Device;
use gan_random::{Rng, Stream};

const BATCH: usize = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("name images: a folder, an archive, an array, a packed set")?;
    let set = gan_data::open(&path)?;
    let order = Rng::new(0).permutation(Stream::DataOrder, 0, set.len());
    let mut times = Vec::new();
    for indices in order.chunks_exact(BATCH).take(2_000) {
        let start = Instant::now();
        let batch = set.batch(indices, &Device::flex())?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        drop(batch);
    }
    times.sort_by(f64::total_cmp);
    let quantile = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(f64::NAN);
    let [channels, height, width] = set.shape();
    println!(
        "{} images of {channels} × {height} × {width}: {:.3} ms for {BATCH} of them (median of {}; \
         a tenth took more than {:.3})",
        set.len(),
        quantile(50),
        times.len(),
        quantile(90)
    );
    Ok(())
}
