//! What gan-run promises.

mod configuration;
mod diagnosis;
mod folders;
mod lines;
mod troubles;

use gan_run::{DataConfig, RunConfig};
use gan_training::Preset;

/// The configuration of a run of the tutorial on MNIST.
fn config() -> RunConfig {
    RunConfig {
        version: "0.1.0".to_owned(),
        backend: "flex".to_owned(),
        data: DataConfig {
            name: "mnist".to_owned(),
            path: None,
            images: 60_000,
            checksum: "00c0ffee".to_owned(),
            rule: gan_data::Rule::default(),
            classes: None,
        },
        training: Preset::Tutorial.config([1, 28, 28]),
        evaluation: None,
    }
}
