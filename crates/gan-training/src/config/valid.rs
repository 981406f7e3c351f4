//! The one place where configurations are checked: against their own rules, and against the data.

use std::fmt::Debug;

use gan_data::ImageSet;
use gan_model::{ConfigError, DiscriminatorSpec, GeneratorSpec, Output};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{BuiltIn, Model};
use crate::{AdversarialLoss, Batches, PenaltyConfig, Stabilisers, TrainingConfig, Trajectory};

/// Most updates of the discriminator in a step.
pub(crate) const MAX_D_STEPS: u64 = 1_000;

/// A configuration that can be trained, and the data that it fits.
///
/// Only [`TrainingConfig::for_data`] makes one, so whoever holds one has nothing left to check.
#[derive(Clone, Debug)]
pub struct ValidConfig<M: Model = BuiltIn> {
    config: TrainingConfig<M>,
    data: ImageSet,
}

impl<M: Model> ValidConfig<M> {
    /// The configuration.
    pub fn config(&self) -> &TrainingConfig<M> {
        &self.config
    }

    /// The data.
    pub fn data(&self) -> &ImageSet {
        &self.data
    }

    /// The same for a run of `steps` steps, at least 1.
    pub fn with_steps(mut self, steps: u64) -> Self {
        self.config.steps = steps.max(1);
        self
    }

    pub(crate) fn into_parts(self) -> (TrainingConfig<M>, ImageSet) {
        (self.config, self.data)
    }
}

impl<M: Model> TrainingConfig<M> {
    /// The configuration as one that can be trained on `data`.
    ///
    /// # Errors
    /// Names the first field that breaks a rule or does not fit the data.
    pub fn for_data(self, data: ImageSet) -> Result<ValidConfig<M>, ConfigError> {
        self.check_for(&data)?;
        Ok(ValidConfig { config: self, data })
    }

    pub(crate) fn check_for(&self, data: &ImageSet) -> Result<(), ConfigError> {
        self.check()?;
        self.check_data(data)
    }

    /// Refuses what cannot be trained on any data, as a reader of files does that has none.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_networks()?;
        self.loss.check()?;
        check_json("generator", &self.generator)?;
        check_json("discriminator", &self.discriminator)?;
        check_json("loss", &self.loss)?;
        self.check_penalties()?;
        self.check_stabilisers()?;
        self.generator_adam.check("generator_adam")?;
        self.discriminator_adam.check("discriminator_adam")?;
        if self.steps == 0 {
            return Err(ConfigError::new("steps", 0, "a run takes at least 1 step"));
        }
        if let Some(recorded) = self.trajectory.as_ref().map(Trajectory::steps)
            && recorded > self.steps
        {
            let rule =
                format!("the trajectory records {recorded} steps: remove it, or repeat them all");
            return Err(ConfigError::new("steps", self.steps, rule));
        }
        if self.report_every.is_never() {
            let rule = "the losses must be read now and then, at least every 1 step";
            return Err(ConfigError::new("report_every", 0, rule));
        }
        if self.batch_size == 0 {
            return Err(ConfigError::new("batch_size", 0, "a batch holds at least 1 image"));
        }
        Ok(())
    }

    fn check_networks(&self) -> Result<(), ConfigError> {
        self.generator.check()?;
        self.discriminator.check()?;
        let (drawn, seen) = (self.generator.image_shape(), self.discriminator.image_shape());
        if drawn != seen {
            let rule = format!("the generator draws images of shape {drawn:?}");
            return Err(ConfigError::new("discriminator.image_shape", seen, rule));
        }
        let (drawn, seen) = (self.generator.classes(), self.discriminator.classes());
        if drawn != seen {
            let rule = format!("the generator has {drawn:?} classes; both have the same");
            return Err(ConfigError::new("discriminator.classes", seen, rule));
        }
        Ok(())
    }

    fn check_penalties(&self) -> Result<(), ConfigError> {
        let PenaltyConfig { r1_gamma, r2_gamma, gradient_penalty, weight_clip, real_target } =
            self.penalties;
        r1_gamma.check("penalties.r1_gamma", |gamma| gamma >= 0.0, NOT_NEGATIVE)?;
        r2_gamma.check("penalties.r2_gamma", |gamma| gamma >= 0.0, NOT_NEGATIVE)?;
        if let Some(penalty) = gradient_penalty {
            penalty.check("penalties.gradient_penalty")?;
        }
        if self.penalties.need_input_gradient() {
            self.discriminator.check_input_gradient()?;
        }
        if let Some(clip) = weight_clip {
            positive("penalties.weight_clip", clip)?;
            if self.penalties.need_input_gradient() {
                let rule = "weight clipping and penalties on the input gradient bound the same thing: \
                            omit one of them";
                return Err(ConfigError::new("penalties.weight_clip", clip, rule));
            }
        }
        let field = "penalties.real_target";
        if !(real_target > 0.0 && real_target <= 1.0) {
            return Err(ConfigError::new(field, real_target, "it must lie in (0, 1]"));
        }
        if real_target != 1.0 && !self.loss.has_real_target() {
            let rule = format!("the loss {:?} has no target to smooth", self.loss);
            return Err(ConfigError::new(field, real_target, rule));
        }
        Ok(())
    }

    fn check_stabilisers(&self) -> Result<(), ConfigError> {
        let Stabilisers {
            d_steps_per_g_step,
            generator_ema,
            instance_noise,
            augmentation,
            max_grad_norm,
            mirror: _,
        } = self.stabilisers;
        if !(1..=MAX_D_STEPS).contains(&d_steps_per_g_step) {
            let rule = format!("it must lie between 1 and {MAX_D_STEPS}");
            let field = "stabilisers.d_steps_per_g_step";
            return Err(ConfigError::new(field, d_steps_per_g_step, rule));
        }
        if let Some(ema) = generator_ema {
            ema.check("stabilisers.generator_ema")?;
        }
        instance_noise.check("stabilisers.instance_noise", |std| std >= 0.0, NOT_NEGATIVE)?;
        augmentation.check("stabilisers.augmentation")?;
        max_grad_norm.map_or(Ok(()), |norm| positive("stabilisers.max_grad_norm", norm))
    }

    fn check_data(&self, data: &ImageSet) -> Result<(), ConfigError> {
        let drawn = self.generator.image_shape();
        if drawn != data.shape() {
            let rule = format!("the images of {} have shape {:?}", data.name(), data.shape());
            return Err(ConfigError::new("generator.image_shape", drawn, rule));
        }
        self.check_labels(data)?;
        if data.is_points() && self.generator.output() != Output::Linear {
            let rule = format!(
                "{} holds points of any range, not images in [0, 1]: take the preset points or \
                 --output linear; a generator of your own says so in `GeneratorSpec::output`",
                data.name()
            );
            return Err(ConfigError::new("generator.output", self.generator.output(), rule));
        }
        if data.is_points() && self.stabilisers.mirror {
            let rule = format!("{} holds points, which have no left and right", data.name());
            return Err(ConfigError::new("stabilisers.mirror", true, rule));
        }
        if data.is_points() && !self.stabilisers.augmentation.is_none() {
            let rule = format!("{} holds points, and augmentation changes images", data.name());
            let augmentation = self.stabilisers.augmentation;
            return Err(ConfigError::new("stabilisers.augmentation", augmentation, rule));
        }
        Batches::check(data.len(), self.batch_size)
    }

    /// Class-conditional networks need a class for every image.
    fn check_labels(&self, data: &ImageSet) -> Result<(), ConfigError> {
        let Some(classes) = self.generator.classes() else { return Ok(()) };
        let rule = match data.class_names() {
            None => format!("{} has no labels to learn classes from", data.name()),
            Some(names) if names.len() <= classes => return Ok(()),
            Some(names) => format!("{} has {} classes", data.name(), names.len()),
        };
        Err(ConfigError::new("generator.classes", classes, rule))
    }
}

/// Refuses what a checkpoint would not bring back as it was.
fn check_json<T>(field: &str, value: &T) -> Result<(), ConfigError>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = serde_json::to_value(value);
    match json.and_then(serde_json::from_value::<T>) {
        Ok(read) if read == *value => Ok(()),
        Ok(read) => {
            let rule = format!("read again from its JSON, it is {read:?}");
            Err(ConfigError::new(field, value, rule))
        }
        Err(error) => Err(ConfigError::new(field, value, format!("it has no JSON: {error}"))),
    }
}

const NOT_NEGATIVE: &str = "it must be 0 or above";

fn positive(field: &str, value: f64) -> Result<(), ConfigError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(ConfigError::new(field, value, "it must be above 0")),
    }
}
