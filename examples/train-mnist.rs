//! Trains the tutorial's GAN on MNIST: a preset, a trainer, and an observer that prints.
//!
//!     cargo run --example train-mnist

use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use gan_data::picture::{encode_png, grid};
use gan_training::{
    Event, Every, Observer, ObserverError, Observers, Outbox, Preset, Run, RunView, Trainer,
    TrainingConfig,
};

/// Prints the losses whenever a report is due.
struct Print;

impl Observer for Print {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        if let Event::Report(report) = event {
            println!("step {:>4}  D {:.3}  G {:.3}", report.step, report.d_loss, report.g_loss);
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = gan_data::mnist()?;
    let config = TrainingConfig {
        steps: 1_000,
        report_every: Every(100),
        ..Preset::Tutorial.config(data.shape())
    };
    let trainer = Trainer::new(config.for_data(data)?, &Device::flex());

    // Another program, or Ctrl-C, may set it: the run then ends after the step it is in.
    let stop = AtomicBool::new(false);
    let mut run = Run::new(trainer, Observers::new().with("print", Print));
    run.train(&stop)?;

    let trainer = run.into_trainer();
    std::fs::write("train-mnist.png", encode_png(&grid(trainer.samples(), 4), &[])?)?;
    let version = env!("CARGO_PKG_VERSION");
    std::fs::write("train-mnist.safetensors", trainer.snapshot(version).as_bytes())?;
    println!("train-mnist.png: sixteen digits; train-mnist.safetensors: the generator");
    Ok(())
}
