//! A rank that trains along: its part of every batch and of every evaluation, no files, not a word.

use gan_evaluation::EvaluationPart;
use gan_training::{Ending, Observers, Run, TrainError, Trainer};

use super::{STOP, listen_to_signals};
use crate::distributed::Group;
use crate::failure::Failure;
use crate::observers::PartOfEvaluation;

/// Trains to where rank 0's run ends, and ends as it does.
pub(super) fn follow(
    trainer: Trainer,
    part: Option<EvaluationPart>,
    group: &Group,
) -> Result<(), Failure> {
    listen_to_signals(group);
    let mut observers = Observers::new();
    if let Some(part) = part {
        observers.add("evaluation", PartOfEvaluation::new(part, trainer.ranks().clone()));
    }
    match Run::new(trainer, observers).train(&STOP) {
        Ok(Ending::Finished) => Ok(()),
        Ok(_) => Err(Failure::interrupted("with rank 0")),
        Err(TrainError::Step(error)) => {
            let failure = Failure::new(error.to_string());
            group.fail_alone(&failure);
            Err(failure)
        }
        Err(TrainError::NonFinite(error)) => Err(Failure::not_finite(error.to_string())),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}
