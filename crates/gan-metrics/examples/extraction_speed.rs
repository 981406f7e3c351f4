//! How many digits a second the embedded classifier extracts features of, on the CPU:
//! `cargo run --example extraction_speed -- [batch size]`.

use std::time::Instant;

use burn::tensor::Device;
use gan_metrics::Extractor;

fn main() {
    let batch = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(250);
    let device = Device::flex();
    let extractor = Extractor::mnistcnn(&device).expect("whole weights");
    let mnist = gan_data::mnist().expect("whole data");
    let indices: Vec<u32> = (0..10_000).collect();
    // The first round warms up.
    for _ in 0..4 {
        let start = Instant::now();
        for indices in indices.chunks(batch) {
            let outputs =
                extractor.outputs(mnist.batch(indices, &device).unwrap()).expect("digits");
            let _ = outputs.features.into_data();
        }
        let rate = indices.len() as f64 / start.elapsed().as_secs_f64();
        println!("{rate:.0} images/s in batches of {batch}");
    }
}
