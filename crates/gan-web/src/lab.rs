//! A training run as a page drives it.

use burn::module::Module;
use burn::tensor::{Device, Tensor, activation};
use gan_data::ImageSet;
use gan_data::pixels::tensor_to_bytes;
use gan_model::{ConfigError, Discriminate, Discriminator};
use gan_training::{Preset, StepValues, Trainer, TrainingConfig};
use serde::Serialize;

use crate::alarms::Alarms;
use crate::{AlarmLine, Explorer, Judge, LabError, Quality};

/// A run between two steps.
pub struct Lab {
    pub(crate) trainer: Trainer,
    pub(crate) alarms: Alarms,
}

/// D(x) = σ(logit), the probability of "real", for a few images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdicts {
    /// Of the real images of [`Lab::reals`].
    pub reals: Vec<f32>,
    /// Of the generated ones of [`Lab::samples`].
    pub fakes: Vec<f32>,
}

/// One image on its way through both networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// What the generator draws, in `[0, 1]`.
    pub pixels: Vec<f32>,
    /// The discriminator's logit.
    pub logit: f32,
    /// ∂D/∂image: in which direction each pixel would look more real to the discriminator. `None` for
    /// a network that has no such gradient.
    pub gradient: Option<Vec<f32>>,
}

impl Lab {
    /// The values of a preset, as the JSON that [`Lab::start`] takes.
    ///
    /// # Errors
    /// If there is no such preset.
    pub fn preset(name: &str, data: &ImageSet, seed: u64) -> Result<String, LabError> {
        let preset = Preset::named(name).ok_or_else(|| LabError::NoPreset(name.to_owned()))?;
        let config = TrainingConfig { seed, ..preset.config(data.shape()) };
        Ok(serde_json::to_string(&config)?)
    }

    /// A run before its first step.
    ///
    /// # Errors
    /// If the configuration is no JSON of one, or impossible for the data; the message names field and
    /// rule.
    pub fn start(config: &str, data: ImageSet) -> Result<Self, LabError> {
        let config: TrainingConfig = serde_json::from_str(config)?;
        if config.generator.classes().is_some() {
            let rule = "the lab trains without classes";
            return Err(ConfigError::new("generator.classes", "set", rule).into());
        }
        Ok(Self::of(Trainer::new(config.for_data(data)?, &Device::flex())))
    }

    /// The run that [`Lab::checkpoint`] has kept, to the bit.
    ///
    /// # Errors
    /// If the bytes are damaged, or of other data.
    pub fn resume(checkpoint: &[u8], data: ImageSet) -> Result<Self, LabError> {
        Ok(Self::of(Trainer::from_checkpoint(checkpoint, data, &Device::flex())?))
    }

    fn of(trainer: Trainer) -> Self {
        Self { alarms: Alarms::new(trainer.config()), trainer }
    }

    /// How good the generator is now; the watches are told.
    ///
    /// # Errors
    /// If a sample is not finite.
    pub fn quality(&mut self, judge: &Judge) -> Result<Quality, LabError> {
        let quality = judge.quality(&self.trainer)?;
        self.alarms.measured(&quality);
        Ok(quality)
    }

    /// Steps taken so far.
    pub fn step(&self) -> u64 {
        self.trainer.step()
    }

    /// The configuration, as JSON.
    pub fn config(&self) -> String {
        serde_json::to_string(self.trainer.config()).expect("plain data is always JSON")
    }

    /// Takes `steps` steps; gives the values of each.
    ///
    /// # Errors
    /// If a loss is not finite any more, or a penalty needs what the networks do not offer.
    pub fn advance(&mut self, steps: u32) -> Result<Vec<StepValues>, LabError> {
        let mut values = Vec::new();
        for _ in 0..steps {
            self.trainer.advance()?;
            if Alarms::is_due(self.step()) {
                values.extend(self.read_steps()?);
            }
        }
        values.extend(self.read_steps()?);
        Ok(values)
    }

    /// The values of the steps that have not been read yet; the watches look at them.
    pub(crate) fn read_steps(&mut self) -> Result<Vec<StepValues>, LabError> {
        let values = self.trainer.read_steps();
        if let Err(non_finite) = self.trainer.check_finite() {
            self.alarms.diverged(&non_finite);
            return Err(non_finite.into());
        }
        if !values.is_empty() {
            self.alarms.stepped(&values, &self.trainer)?;
        }
        Ok(values)
    }

    /// What the watches have found since the last call.
    pub fn take_alarms(&mut self) -> Vec<AlarmLine> {
        self.alarms.take()
    }

    /// Goes on with another configuration of the same networks. The watches start anew: what they have seen was
    /// of another run.
    ///
    /// # Errors
    /// If it is impossible, or its networks differ; the run then goes on as it was.
    pub fn reconfigure(&mut self, config: &str) -> Result<(), LabError> {
        self.trainer.reconfigure(serde_json::from_str(config)?)?;
        self.alarms = Alarms::new(self.trainer.config());
        Ok(())
    }

    /// The generator to play with: the average, if there is one.
    pub fn explorer(&self) -> Explorer {
        Explorer::new(self.trainer.sampler())
    }

    /// Pictures of the seeds from 0 to `count`, one byte a value.
    ///
    /// # Errors
    /// If `count` is 0.
    pub fn samples(&self, count: usize) -> Result<Vec<u8>, LabError> {
        self.explorer().samples(count)
    }

    /// Real images to look at beside them, one byte a value.
    ///
    /// # Errors
    /// If they cannot be read any more.
    pub fn reals(&self) -> Result<Vec<u8>, LabError> {
        Ok(tensor_to_bytes(self.trainer.reals()?))
    }

    /// What the discriminator says of both.
    ///
    /// # Errors
    /// If the real ones cannot be read any more.
    pub fn verdicts(&self) -> Result<Verdicts, LabError> {
        let d = self.discriminator();
        let probabilities = |images: Tensor<4>| {
            let logits = activation::sigmoid(d.logits(images, None));
            logits.into_data().try_into_vec::<f32>().expect("logits are f32")
        };
        Ok(Verdicts {
            reals: probabilities(self.trainer.reals()?),
            fakes: probabilities(self.trainer.samples()),
        })
    }

    /// One latent on its way through both networks.
    ///
    /// # Errors
    /// If it is not of this generator's dimension.
    pub fn inspect(&self, latent: &[f32]) -> Result<Inspection, LabError> {
        let image = self.explorer().images(latent)?;
        let d = self.discriminator();
        let values = |tensor: Tensor<4>| {
            tensor.into_data().try_into_vec::<f32>().expect("images and gradients are f32")
        };
        let (logits, gradient) = match d.input_gradient(image.clone(), None) {
            Some(with_gradient) => (with_gradient.logits, Some(values(with_gradient.gradient))),
            None => (d.logits(image.clone(), None), None),
        };
        Ok(Inspection { pixels: values(image), logit: logits.sum().into_scalar::<f32>(), gradient })
    }

    /// The whole run, for [`Lab::resume`].
    ///
    /// # Errors
    /// If it has diverged: such a state must not replace a good one.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>, LabError> {
        Ok(self.trainer.checkpoint()?)
    }

    /// The generator, for `gan sample`.
    pub fn snapshot(&self) -> Vec<u8> {
        self.trainer.snapshot(env!("CARGO_PKG_VERSION")).as_bytes().to_vec()
    }

    fn discriminator(&self) -> Discriminator {
        self.trainer.gan().discriminator.valid()
    }
}
