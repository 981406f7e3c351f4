//! Every number of a training run.

use gan_model::{ConfigError, DiscriminatorConfig, GeneratorConfig};
use serde::{Deserialize, Serialize};

use crate::{AdamConfig, Every, Loss};

/// What, together with the data and the backend, decides every bit of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingConfig {
    /// Name of the recipe that the numbers started from.
    pub preset: String,
    /// The network that turns latents into images.
    pub generator: GeneratorConfig,
    /// The network that tells real from generated.
    pub discriminator: DiscriminatorConfig,
    /// The game they play.
    pub loss: Loss,
    /// Numbers of the generator's optimizer.
    pub generator_adam: AdamConfig,
    /// Numbers of the discriminator's optimizer.
    pub discriminator_adam: AdamConfig,
    /// Real images in a step, and generated ones in each half of it.
    pub batch_size: usize,
    /// Steps of the whole run: one update of each network.
    pub steps: u64,
    /// Decides initial weights, latents and the order of the data.
    pub seed: u64,
    /// Steps between two reports of the losses.
    pub report_every: Every,
    /// Steps between two pictures of the fixed latents.
    pub samples_every: Every,
    /// Steps between two snapshots.
    pub snapshot_every: Every,
    /// Steps between two checkpoints.
    pub checkpoint_every: Every,
}

impl TrainingConfig {
    /// Refuses what cannot be trained.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.generator.check()?;
        self.discriminator.check()?;
        let (made, judged) = (self.generator.image_shape(), self.discriminator.image_shape());
        if made != judged {
            let rule = format!("the generator makes images of shape {made:?}");
            return Err(ConfigError::new("discriminator.image_shape", judged, rule));
        }
        self.generator_adam.check("generator_adam")?;
        self.discriminator_adam.check("discriminator_adam")?;
        if self.batch_size == 0 {
            return Err(ConfigError::new("batch_size", 0, "a batch holds at least 1 image"));
        }
        if self.steps == 0 {
            return Err(ConfigError::new("steps", 0, "a run takes at least 1 step"));
        }
        if self.report_every.0 == 0 {
            let rule = "the losses must be read now and then, at least every 1 step";
            return Err(ConfigError::new("report_every", 0, rule));
        }
        Ok(())
    }
}
