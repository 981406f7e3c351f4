//! What the step is told of the configuration, and how far the run is, which schedules follow.

use super::Trainer;
use crate::adam::Limits;
use crate::config::{Model, TrainingConfig};

impl<M: Model> Trainer<M> {
    /// Gives the step what holds through the run.
    pub(super) fn apply_config(&mut self) {
        let TrainingConfig { loss, penalties, stabilisers, .. } = &self.config;
        self.gan.loss = loss.clone();
        self.gan.penalties.gradient_penalty = penalties.gradient_penalty;
        self.gan.penalties.real_target = penalties.real_target;
        let max_grad_norm = stabilisers.max_grad_norm;
        self.gan.generator_adam.limits = Limits { max_grad_norm, weight_clip: None };
        self.gan.discriminator_adam.limits =
            Limits { max_grad_norm, weight_clip: penalties.weight_clip };
    }

    /// From here on the run is as far as `progress` says, from 0 to 1, whatever its number of steps, which
    /// will be about `steps`. Each step's progress is recorded.
    pub(crate) fn set_progress(&mut self, progress: f64, steps: u64) {
        let planned = self.config.steps;
        let trajectory = self.config.trajectory.get_or_insert_default();
        if self.clock.replace(progress).is_none() {
            trajectory.truncate(self.step);
            trajectory.plan(self.step - trajectory.steps(), planned);
        }
        self.config.steps = steps.max(self.step + 1);
    }

    /// The run has no further steps, but for a first one.
    pub(crate) fn finish(&mut self) {
        self.config.steps = self.step.max(1);
    }

    pub(super) fn record_progress(&mut self) {
        if let (Some(progress), Some(trajectory)) = (self.clock, &mut self.config.trajectory) {
            trajectory.record(progress);
        }
    }

    /// Gives the step what holds in this one.
    pub(super) fn apply_schedules(&mut self) {
        let progress = self.config.progress(self.step);
        self.gan.generator_adam.config = self.config.generator_adam.at(progress);
        self.gan.discriminator_adam.config = self.config.discriminator_adam.at(progress);
        self.gan.penalties.r1_gamma = self.config.penalties.r1_gamma.at(progress);
        self.gan.penalties.r2_gamma = self.config.penalties.r2_gamma.at(progress);
    }
}
