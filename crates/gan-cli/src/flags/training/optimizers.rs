//! Flags of what updates the two networks.

use clap::Args;
use gan_training::{Schedule, TrainingConfig};

use crate::flags::values::put;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Optimizers (Adam)")]
pub struct OptimizerFlags {
    /// Learning rate; a number, or a cosine schedule FROM:TO
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<Schedule>,
    /// Learning rate of the generator alone
    #[arg(long, value_name = "RATE")]
    learning_rate_g: Option<Schedule>,
    /// Learning rate of the discriminator alone
    #[arg(long, value_name = "RATE")]
    learning_rate_d: Option<Schedule>,

    /// β₁: decay of the running mean of gradients
    #[arg(long = "beta-1", value_name = "BETA")]
    beta_1: Option<f64>,
    /// β₁ of the generator alone
    #[arg(long = "beta-1-g", value_name = "BETA")]
    beta_1_g: Option<f64>,
    /// β₁ of the discriminator alone
    #[arg(long = "beta-1-d", value_name = "BETA")]
    beta_1_d: Option<f64>,

    /// β₂: decay of the running mean of squared gradients; a number, or FROM:TO
    #[arg(long = "beta-2", value_name = "BETA")]
    beta_2: Option<Schedule>,
    /// β₂ of the generator alone
    #[arg(long = "beta-2-g", value_name = "BETA")]
    beta_2_g: Option<Schedule>,
    /// β₂ of the discriminator alone
    #[arg(long = "beta-2-d", value_name = "BETA")]
    beta_2_d: Option<Schedule>,

    /// ε: added to the square root of the mean of squared gradients
    #[arg(long, value_name = "EPSILON")]
    epsilon: Option<f64>,
    /// ε of the generator alone
    #[arg(long, value_name = "EPSILON")]
    epsilon_g: Option<f64>,
    /// ε of the discriminator alone
    #[arg(long, value_name = "EPSILON")]
    epsilon_d: Option<f64>,
}

impl OptimizerFlags {
    /// Puts what the flags say over what is there.
    pub fn apply(&self, training: &mut TrainingConfig) {
        let Self { learning_rate, beta_1, beta_2, epsilon, .. } = *self;
        for adam in [&mut training.generator_adam, &mut training.discriminator_adam] {
            put(&mut adam.learning_rate, learning_rate);
            put(&mut adam.beta_1, beta_1);
            put(&mut adam.beta_2, beta_2);
            put(&mut adam.epsilon, epsilon);
        }
        let adam = &mut training.generator_adam;
        put(&mut adam.learning_rate, self.learning_rate_g);
        put(&mut adam.beta_1, self.beta_1_g);
        put(&mut adam.beta_2, self.beta_2_g);
        put(&mut adam.epsilon, self.epsilon_g);
        let adam = &mut training.discriminator_adam;
        put(&mut adam.learning_rate, self.learning_rate_d);
        put(&mut adam.beta_1, self.beta_1_d);
        put(&mut adam.beta_2, self.beta_2_d);
        put(&mut adam.epsilon, self.epsilon_d);
    }
}
