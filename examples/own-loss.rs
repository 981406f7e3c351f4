//! A loss that has no name here: the f-GAN of the Pearson χ² divergence (Nowozin et al. 2016, table 2).
//! Networks, optimizer, data and loop are the library's.
//!
//!     cargo run --example own-loss

use std::sync::atomic::AtomicBool;

use burn::tensor::{Device, Tensor};
use gan_data::picture::{encode_png, grid};
use gan_model::{SampleRequest, Sampler, Snapshot};
use gan_training::{
    AdversarialLoss, Event, Every, Model, Observer, ObserverError, Observers, Outbox,
    PenaltyConfig, Preset, Run, RunView, Schedule, Trainer, TrainingConfig,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pearson;

impl AdversarialLoss for Pearson {
    /// Minus the bound on the divergence: −mean V(x) + mean (¼ V(G(z))² + V(G(z))).
    fn discriminator(&self, real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1> {
        -real_logits.mean() + (fake_logits.clone().square() * 0.25 + fake_logits).mean()
    }

    /// The generator raises V(G(z)).
    fn generator(&self, fake_logits: Tensor<2>, _: impl FnOnce() -> Tensor<2>) -> Tensor<1> {
        -fake_logits.mean()
    }
}

/// Prints the losses, and where the discriminator puts both kinds of images.
struct Print;

impl<M: Model> Observer<M> for Print {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView<M>,
        _: &mut Outbox<M>,
    ) -> Result<(), ObserverError> {
        if let Event::Report(report) = event {
            let (real, fake) = (report.latest.real_logit, report.latest.fake_logit);
            print!("step {:>4}  D {:.3}  G {:.3}", report.step, report.d_loss, report.g_loss);
            println!("  V(x) {real:.3}  V(G(z)) {fake:.3}");
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (data, device) = (gan_data::mnist()?, Device::flex());
    let mut config = TrainingConfig {
        steps: 500,
        report_every: Every(100),
        penalties: PenaltyConfig::default(),
        ..Preset::Mlp.config(data.shape())
    }
    .with_loss(Pearson);
    for adam in [&mut config.generator_adam, &mut config.discriminator_adam] {
        adam.learning_rate = Schedule::Constant(1e-4);
    }

    let trainer = Trainer::new(config.for_data(data)?, &device);
    let mut run = Run::new(trainer, Observers::new().with("print", Print));
    run.train(&AtomicBool::new(false))?;
    let snapshot = run.trainer().snapshot(env!("CARGO_PKG_VERSION"));
    std::fs::write("own-loss.safetensors", snapshot.as_bytes())?;

    // The networks are the library's, so any program of the library draws from the snapshot.
    let sampler = Sampler::from_snapshot(&Snapshot::open("own-loss.safetensors")?, &device)?;
    let images = sampler.images(&SampleRequest::seeds(0..16))?;
    std::fs::write("own-loss.png", encode_png(&grid(images, 4), &[])?)?;
    println!("own-loss.png, drawn from own-loss.safetensors");
    Ok(())
}
