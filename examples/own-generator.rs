//! Trains two networks of one's own on MNIST through the library's main door, then draws from the
//! snapshot. The generator has a skip connection, which no preset has; the discriminator writes down its
//! input gradient, so that an exact R1 can be trained through.
//!
//!     cargo run --example own-generator

use std::sync::atomic::AtomicBool;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor};
use gan_data::picture::{encode_png, grid};
use gan_model::{
    ConfigError, Discriminate, DiscriminatorSpec, Generate, GeneratorSpec, InputGradient,
    LatentDistribution, LatentSpace, SampleRequest, Sampler, Snapshot, check_input_gradient,
    init_weights,
};
use gan_random::{Rng, Stream};
use gan_training::{
    Event, Every, Model, Observer, ObserverError, Observers, Outbox, Preset, Run, RunView,
    Schedule, Trainer, TrainingConfig,
};
use serde::{Deserialize, Serialize};

const IMAGE: [usize; 3] = [1, 28, 28];

#[derive(Module, Debug)]
struct SkipGenerator {
    first: Linear,
    second: Linear,
    output: Linear,
}

impl Generate for SkipGenerator {
    fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        let features = relu(self.first.forward(latents));
        let features = features.clone() + relu(self.second.forward(features));
        let [batch, _] = features.dims();
        sigmoid(self.output.forward(features)).reshape([batch, 1, 28, 28])
    }
}

/// What its snapshots say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SkipConfig {
    width: usize,
}

impl GeneratorSpec for SkipConfig {
    type Network = SkipGenerator;

    fn init(&self, rng: Rng, device: &Device) -> SkipGenerator {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let (first, second) = (linear(64, self.width), linear(self.width, self.width));
        let generator = SkipGenerator { first, second, output: linear(self.width, 784) };
        init_weights(generator, rng, Stream::GeneratorWeights)
    }

    fn latent_space(&self) -> LatentSpace {
        LatentSpace { dim: 64, distribution: LatentDistribution::Uniform }
    }

    fn image_shape(&self) -> [usize; 3] {
        IMAGE
    }
}

#[derive(Module, Debug)]
struct SmallDiscriminator {
    hidden: Linear,
    output: Linear,
}

impl Discriminate for SmallDiscriminator {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(images.flatten::<2>(1, 3))))
    }

    /// With h = W₁ᵀx + b₁ and D(x) = w₂ᵀ max(h, 0) + b₂, the gradient is W₁ (w₂ where h > 0, else 0).
    fn input_gradient(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Option<InputGradient> {
        let shape = images.dims();
        let before = self.hidden.forward(images.flatten::<2>(1, 3));
        let mask = before.clone().greater_elem(0.0).float();
        let logits = self.output.forward(relu(before));
        let at_hidden = mask * self.output.weight.val().transpose();
        let gradient = at_hidden.matmul(self.hidden.weight.val().transpose()).reshape(shape);
        Some(InputGradient { logits, gradient })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SmallConfig {
    width: usize,
}

impl DiscriminatorSpec for SmallConfig {
    type Network = SmallDiscriminator;

    fn init(&self, rng: Rng, device: &Device) -> SmallDiscriminator {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let (hidden, output) = (linear(784, self.width), linear(self.width, 1));
        let discriminator = SmallDiscriminator { hidden, output };
        init_weights(discriminator, rng, Stream::DiscriminatorWeights)
    }

    fn image_shape(&self) -> [usize; 3] {
        IMAGE
    }

    fn check_input_gradient(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

struct Print;

impl<M: Model> Observer<M> for Print {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView<M>,
        _: &mut Outbox<M>,
    ) -> Result<(), ObserverError> {
        if let Event::Report(report) = event {
            println!("step {:>4}  D {:.3}  G {:.3}", report.step, report.d_loss, report.g_loss);
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (data, device) = (gan_data::mnist()?, Device::flex());
    let preset = Preset::Tutorial.config(data.shape());
    let mut config = TrainingConfig { steps: 500, report_every: Every(100), ..preset }
        .with_networks(SkipConfig { width: 128 }, SmallConfig { width: 128 });
    config.penalties.r1_gamma = Schedule::Constant(1.0);

    let discriminator = config.discriminator.init(Rng::new(1), &device);
    let check = check_input_gradient(&discriminator, &data.batch(&[0, 1, 2, 3], &device)?, None);
    println!("input gradient off by {:.1e}", check.ok_or("it offers none")?.gradient_error);

    let trainer = Trainer::new(config.for_data(data)?, &device);
    let mut run = Run::new(trainer, Observers::new().with("print", Print));
    run.train(&AtomicBool::new(false))?;
    let snapshot = run.trainer().snapshot(env!("CARGO_PKG_VERSION"));
    std::fs::write("own-generator.safetensors", snapshot.as_bytes())?;

    let snapshot = Snapshot::open_as::<SkipConfig>("own-generator.safetensors")?;
    let sampler = Sampler::from_snapshot(&snapshot, &device)?;
    let images = sampler.images(&SampleRequest::seeds(0..16))?;
    std::fs::write("own-generator.png", encode_png(&grid(images, 4), &[])?)?;
    println!("own-generator.png, drawn from own-generator.safetensors");
    Ok(())
}
