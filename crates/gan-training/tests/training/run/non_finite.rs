//! Losses that are not finite: met, named, and never saved.

use burn::tensor::Device;
use gan_training::{Loss, NonFinite, Trainer, TrainingConfig};

use crate::{devices, small};

/// The textbook's losses with a learning rate that drives the logits to saturation at once.
fn doomed() -> TrainingConfig {
    let mut config = TrainingConfig { loss: Loss::Textbook, ..small::config() };
    config.discriminator_adam.learning_rate = 50.0.into();
    config.generator_adam.learning_rate = 50.0.into();
    config
}

/// The first step that is not finite, by reading the losses after every step.
fn first_non_finite_step(trainer: &mut Trainer) -> NonFinite {
    for _ in 0..50 {
        trainer.advance().unwrap();
        if let Err(error) = trainer.report() {
            return error;
        }
    }
    panic!("50 steps and still finite");
}

#[test]
fn the_first_step_whose_loss_is_not_finite_is_named_however_late_it_is_read() {
    for (backend, device) in devices::both() {
        let new = || Trainer::new(doomed().for_data(small::images()).unwrap(), &device);
        let mut watched = new();
        let expected = first_non_finite_step(&mut watched);
        assert_eq!(expected.step, watched.step(), "{backend}");
        assert!(expected.name.starts_with("loss/"), "{backend}: {expected}");
        assert!(!expected.value.is_finite(), "{backend}");

        let mut late = new();
        small::advance(&mut late, 40);
        assert_eq!(late.unread_steps(), 40);
        let found = late.report().unwrap_err();
        assert_eq!((found.step, &found.name), (expected.step, &expected.name), "{backend}");
        let message = found.to_string();
        assert!(message.contains(&format!("at step {}", expected.step)), "{message}");
    }
}

#[test]
fn a_non_finite_run_gives_no_checkpoint_and_keeps_naming_the_first_step() {
    for (backend, device) in devices::both() {
        let mut trainer = Trainer::new(doomed().for_data(small::images()).unwrap(), &device);
        let first = first_non_finite_step(&mut trainer);
        for _ in 0..2 {
            let refused = trainer.checkpoint().unwrap_err();
            assert_eq!((refused.step, &refused.name), (first.step, &first.name), "{backend}");
        }
        trainer.begin_report();
        small::advance(&mut trainer, 3);
        let later = trainer.report().unwrap_err();
        assert_eq!((later.step, &later.name), (first.step, &first.name), "{backend}");
        assert!(trainer.checkpoint().is_err(), "{backend}");
    }
}

#[test]
fn the_same_run_stays_finite_with_losses_from_logits() {
    let config = TrainingConfig { loss: Loss::NonSaturating, ..doomed() };
    for (backend, device) in devices::both() {
        let mut trainer = Trainer::new(config.clone().for_data(small::images()).unwrap(), &device);
        small::advance(&mut trainer, 40);
        assert!(trainer.report().is_ok(), "{backend}");
        assert!(trainer.checkpoint().is_ok(), "{backend}");
    }
}

#[test]
fn a_weight_that_is_not_finite_is_named_though_the_losses_still_are() {
    // The step's losses are those before its update: an update to infinity shows in the weights.
    let mut config = small::config();
    config.generator_adam.learning_rate = 1e300.into();
    let mut trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    trainer.advance().unwrap();
    assert!(trainer.report().is_ok());
    let refused = trainer.checkpoint().unwrap_err();
    assert_eq!(refused.step, 1, "{refused}");
    assert!(refused.name.starts_with("generator.") && refused.name.ends_with(".bias"), "{refused}");
}
