//! Flags of what to do about trouble.

use clap::Args;
use gan_training::guard::{GuardSettings, OnNan, OnTrouble};

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Trouble")]
pub struct GuardFlags {
    /// What to do when a loss or a weight is NaN or infinite [default: stop]
    #[arg(long, value_enum, value_name = "ACTION")]
    on_nan: Option<OnNan>,

    /// What to do about any other trouble that the guard sees; docs/troubleshooting.md lists them
    /// [default: continue]
    #[arg(long, value_enum, value_name = "ACTION")]
    on_trouble: Option<OnTrouble>,

    /// Rollbacks in a run, at most [default: 3]
    #[arg(long, value_name = "N")]
    max_rollbacks: Option<u32>,
}

impl GuardFlags {
    /// What the guard of a run may do.
    pub fn settings(&self) -> GuardSettings {
        let default = GuardSettings::default();
        GuardSettings {
            on_nan: self.on_nan.unwrap_or(default.on_nan),
            on_trouble: self.on_trouble.unwrap_or(default.on_trouble),
            max_rollbacks: self.max_rollbacks.unwrap_or(default.max_rollbacks),
        }
    }
}
