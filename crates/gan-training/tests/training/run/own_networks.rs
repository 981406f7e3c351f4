//! Networks and a loss of one's own, made as Burn makes them, get everything that the library's get.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use burn::module::Module;
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use gan_collective::Single;
use gan_model::{
    ConfigError, Discriminate, DiscriminatorSpec, Generate, GeneratorSpec, InputGradient,
    LatentDistribution, LatentSpace, SampleRequest, Sampler, Snapshot, init_weights,
};
use gan_random::{Rng, Stream};
use gan_training::guard::{Guard, GuardSettings};
use gan_training::{
    Adam, AdamConfig, AdversarialLoss, Batch, EmaConfig, Ending, Event, Gan, Loss, Model, Observer,
    ObserverError, Observers, Outbox, Penalties, Run, RunView, Schedule, Trainer, TrainingConfig,
};
use gan_weights::named_weights;
use serde::{Deserialize, Serialize};

use crate::small;

#[derive(Module, Debug)]
struct OneLayer {
    layer: Linear,
}

impl Generate for OneLayer {
    fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        self.layer.forward(latents).reshape([batch, 1, 2, 2])
    }
}

impl Discriminate for OneLayer {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        self.layer.forward(images.flatten(1, 3))
    }
}

#[test]
fn weights_that_burn_makes_on_first_use_are_trained_from_the_first_step() {
    let device = Device::flex();
    let with_autodiff = device.clone().autodiff();
    let own = |inputs, outputs| OneLayer {
        layer: LinearConfig::new(inputs, outputs).init(&with_autodiff),
    };
    let adam = AdamConfig { learning_rate: 0.1, beta_1: 0.0, beta_2: 0.9, epsilon: 1e-8 };
    let mut gan = Gan {
        generator: own(3, 4),
        discriminator: own(4, 1),
        generator_adam: Adam::new(adam),
        discriminator_adam: Adam::new(adam),
        loss: Loss::NonSaturating,
        penalties: Penalties::default(),
        ranks: Arc::new(Single),
    };
    let batch = || Batch::new(Tensor::ones([5, 1, 2, 2], &device), Tensor::ones([5, 3], &device));
    gan.step(batch(), batch()).unwrap();
    let first = [named_weights(&gan.generator, ""), named_weights(&gan.discriminator, "")];
    gan.step(batch(), batch()).unwrap();
    let second = [named_weights(&gan.generator, ""), named_weights(&gan.discriminator, "")];
    for (first, second) in first.iter().zip(&second) {
        assert!(first.iter().all(|(name, weights)| second[name] != *weights));
    }
}

#[derive(Module, Debug)]
struct Skip {
    first: Linear,
    norm: BatchNorm,
    second: Linear,
    output: Linear,
}

impl Generate for Skip {
    fn generate(&self, latents: Tensor<2>, _: Option<Tensor<2>>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        let features = relu(self.norm.forward(self.first.forward(latents)));
        let features = features.clone() + relu(self.second.forward(features));
        burn::tensor::activation::sigmoid(self.output.forward(features)).reshape([batch, 1, 4, 4])
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SkipConfig {
    width: usize,
}

impl GeneratorSpec for SkipConfig {
    type Network = Skip;

    fn init(&self, rng: Rng, device: &Device) -> Skip {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let (first, second) = (linear(5, self.width), linear(self.width, self.width));
        let norm = BatchNormConfig::new(self.width).init(device);
        let skip = Skip { first, norm, second, output: linear(self.width, 16) };
        init_weights(skip, rng, Stream::GeneratorWeights)
    }

    fn latent_space(&self) -> LatentSpace {
        LatentSpace { dim: 5, distribution: LatentDistribution::Normal }
    }

    fn image_shape(&self) -> [usize; 3] {
        [1, 4, 4]
    }
}

#[derive(Module, Debug)]
struct Critic {
    hidden: Linear,
    output: Linear,
    /// No gradient ever comes here.
    unused: Linear,
}

impl Discriminate for Critic {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(images.flatten::<2>(1, 3))))
    }

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
struct CriticConfig {
    width: usize,
}

impl DiscriminatorSpec for CriticConfig {
    type Network = Critic;

    fn init(&self, rng: Rng, device: &Device) -> Critic {
        let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(device);
        let (hidden, output) = (linear(16, self.width), linear(self.width, 1));
        let critic = Critic { hidden, output, unused: linear(3, 2) };
        init_weights(critic, rng, Stream::DiscriminatorWeights)
    }

    fn image_shape(&self) -> [usize; 3] {
        [1, 4, 4]
    }

    fn check_input_gradient(&self) -> Result<(), ConfigError> {
        Ok(())
    }
}

/// The f-GAN of the Pearson χ² divergence, its square weighted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pearson {
    square: f64,
}

impl AdversarialLoss for Pearson {
    fn discriminator(&self, real_logits: Tensor<2>, fake_logits: Tensor<2>) -> Tensor<1> {
        let square = fake_logits.clone().square() * self.square;
        (square + fake_logits).mean() - real_logits.mean()
    }

    fn generator(&self, fake_logits: Tensor<2>, _: impl FnOnce() -> Tensor<2>) -> Tensor<1> {
        -fake_logits.mean()
    }
}

type Own = (SkipConfig, CriticConfig, Pearson);

fn own_config() -> TrainingConfig<Own> {
    let mut config = TrainingConfig { steps: 20, ..small::config() }
        .with_networks(SkipConfig { width: 7 }, CriticConfig { width: 9 })
        .with_loss(Pearson { square: 0.25 });
    config.penalties.r1_gamma = Schedule::Constant(0.5);
    config.stabilisers.generator_ema = Some(EmaConfig { half_life_images: 50.0, ramp_up: 0.0 });
    config
}

fn own_trainer() -> Trainer<Own> {
    Trainer::new(own_config().for_data(small::images()).unwrap(), &Device::flex())
}

fn advance<M: Model>(trainer: &mut Trainer<M>, steps: u64) {
    for _ in 0..steps {
        trainer.advance().unwrap();
    }
}

#[test]
fn own_networks_and_an_own_loss_resume_to_the_bit() {
    let mut unbroken = own_trainer();
    let initial = unbroken.checkpoint().unwrap();
    advance(&mut unbroken, 10);
    let bytes = unbroken.checkpoint().unwrap();
    let mut resumed =
        Trainer::from_checkpoint_as::<Own>(&bytes, small::images(), &Device::flex()).unwrap();
    assert_eq!(resumed.config(), &own_config());
    advance(&mut unbroken, 10);
    advance(&mut resumed, 10);
    let unbroken = unbroken.checkpoint().unwrap();
    assert_eq!(unbroken, resumed.checkpoint().unwrap());
    // And a run begun anew is the same run, whatever Burn drew before.
    let mut again = own_trainer();
    assert_eq!(again.checkpoint().unwrap(), initial);
    advance(&mut again, 20);
    assert_eq!(again.checkpoint().unwrap(), unbroken);
}

#[test]
fn the_own_loss_is_what_is_minimised() {
    let mut other = own_config();
    other.loss.square = 1.0;
    let valid = other.for_data(small::images()).unwrap();
    let (mut one, mut two) = (own_trainer(), Trainer::new(valid, &Device::flex()));
    // Adam's first step is as long whatever the gradient: a second must follow.
    advance(&mut one, 3);
    advance(&mut two, 3);
    let [one, two] = [one, two].map(|trainer| named_weights(&trainer.gan().discriminator, ""));
    assert_ne!(one["output.weight"], two["output.weight"]);
}

#[test]
fn a_snapshot_carries_the_own_configuration_and_draws_the_same_images() {
    let mut trainer = own_trainer();
    advance(&mut trainer, 3);
    let bytes = trainer.snapshot("1.2.3").as_bytes().to_vec();
    let snapshot = Snapshot::from_bytes_as::<SkipConfig>(bytes.clone()).unwrap();
    assert_eq!(snapshot.info().generator, SkipConfig { width: 7 });
    assert_eq!(snapshot.info().step, 3);
    let sampler = Sampler::from_snapshot(&snapshot, &Device::flex()).unwrap();
    let images = sampler.images(&SampleRequest::seeds(0..16)).unwrap();
    assert_eq!(images.into_data(), trainer.samples().into_data());
    // As what it is not, it is refused.
    assert!(Snapshot::from_bytes(bytes).is_err());
    let checkpoint = trainer.checkpoint().unwrap();
    assert!(Trainer::from_checkpoint(&checkpoint, small::images(), &Device::flex()).is_err());
}

/// Which troubles the guard has named.
struct Alarms(Vec<String>);

impl Observer<Own> for Alarms {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView<Own>,
        _: &mut Outbox<Own>,
    ) -> Result<(), ObserverError> {
        if let Event::Alarm(alarm) = event {
            self.0.push(alarm.trouble.clone());
        }
        Ok(())
    }
}

#[test]
fn the_guard_names_what_is_not_finite_in_a_run_of_own_networks() {
    let mut config = own_config();
    config.generator_adam.learning_rate = Schedule::Constant(1e30);
    let trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    let (mut alarms, mut guard) = (Alarms(Vec::new()), Guard::new(GuardSettings::default()));
    let observers = Observers::new().with("alarms", &mut alarms).with("guard", &mut guard);
    assert!(Run::new(trainer, observers).train(&AtomicBool::new(false)).is_err());
    assert_eq!(alarms.0, ["non-finite"]);
}

#[test]
fn what_no_checkpoint_could_bring_back_is_refused() {
    let mut config = own_config();
    config.loss.square = f64::INFINITY;
    let refused = config.for_data(small::images()).unwrap_err();
    assert!(refused.to_string().contains("loss"), "{refused}");
}

#[test]
fn a_penalty_on_a_discriminator_that_offers_no_input_gradient_is_refused() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Silent(CriticConfig);
    impl DiscriminatorSpec for Silent {
        type Network = Critic;
        fn init(&self, rng: Rng, device: &Device) -> Critic {
            self.0.init(rng, device)
        }
        fn image_shape(&self) -> [usize; 3] {
            self.0.image_shape()
        }
    }
    let config = own_config();
    let silent = Silent(config.discriminator.clone());
    let generator = config.generator.clone();
    let refused = config.with_networks(generator, silent).for_data(small::images()).unwrap_err();
    assert!(refused.to_string().contains("check_input_gradient"), "{refused}");
}

/// Stops at a step, and takes a snapshot there.
struct StopAt(u64, Option<Snapshot<SkipConfig>>);

impl Observer<Own> for StopAt {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView<Own>,
        outbox: &mut Outbox<Own>,
    ) -> Result<(), ObserverError> {
        if let Event::Stepped { step } = event
            && *step == self.0
        {
            self.1 = Some(run.snapshot("1.2.3"));
            outbox.ask(gan_training::Request::Stop);
        }
        Ok(())
    }
}

#[test]
fn own_observers_watch_runs_of_own_networks_and_stop_them() {
    let mut stop_at = StopAt(12, None);
    let mut run = Run::new(own_trainer(), Observers::new().with("stop", &mut stop_at));
    assert_eq!(run.train(&AtomicBool::new(false)).unwrap(), Ending::Stopped);
    assert_eq!(run.trainer().step(), 12);
    drop(run);
    assert_eq!(stop_at.1.unwrap().info().step, 12);
}
