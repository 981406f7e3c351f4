//! The guard sees what goes wrong, says it once, and rescues a run that has become NaN.

use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use gan_training::guard::{
    Facts, Finding, Guard, GuardSettings, OnNan, OnTrouble, TROUBLES, Trouble, Watches,
};
use gan_training::{
    AdversarialLoss, Alarm, ClassCounts, Ending, Evaluated, Event, Every, Loss, Observer,
    ObserverError, Observers, Outbox, Run, RunView, SampleStats, StepValues, Trainer,
    TrainingConfig, Vitals,
};

use crate::small;

/// Keeps every event.
#[derive(Default)]
struct Diary(Vec<Event>);

impl Observer for Diary {
    fn observe(
        &mut self,
        event: &Event,
        _: &dyn RunView,
        _: &mut Outbox,
    ) -> Result<(), ObserverError> {
        self.0.push(event.clone());
        Ok(())
    }
}

impl Diary {
    fn alarms(&self) -> Vec<&Alarm> {
        let alarms = self.0.iter().filter_map(|event| match event {
            Event::Alarm(alarm) => Some(alarm),
            _ => None,
        });
        alarms.collect()
    }
}

/// Becomes NaN, or would, after its first checkpoint: a textbook loss with a learning rate that grows.
fn doomed() -> TrainingConfig {
    let mut config = TrainingConfig { loss: Loss::Textbook, ..small::config() };
    config.discriminator_adam.learning_rate = 0.9.into();
    config.generator_adam.learning_rate = 0.9.into();
    config.steps = 200;
    config
}

fn train(config: TrainingConfig, settings: GuardSettings) -> (bool, Trainer, Diary) {
    let trainer = Trainer::new(config.for_data(small::images()).unwrap(), &Device::flex());
    let mut diary = Diary::default();
    let observers = Observers::new().with("guard", Guard::new(settings)).with("diary", &mut diary);
    let mut run = Run::new(trainer, observers);
    let finished = matches!(run.train(&AtomicBool::new(false)), Ok(Ending::Finished));
    let trainer = run.into_trainer();
    (finished, trainer, diary)
}

#[test]
fn a_guarded_run_has_the_same_bits() {
    let (finished, mut guarded, _) = train(small::config(), GuardSettings::default());
    assert!(finished);
    let mut alone = small::trainer(&Device::flex());
    small::advance(&mut alone, 40);
    alone.report().unwrap();
    assert_eq!(small::generator_weights(&guarded), small::generator_weights(&alone));
    let name = "hidden.0.weight";
    let weights = |trainer: &mut Trainer| small::discriminator_weight(trainer, name, &[16, 8]);
    assert_eq!(weights(&mut guarded), weights(&mut alone));
}

#[test]
fn vitals_are_the_means_of_the_steps_of_each_report() {
    let (_, _, diary) = train(small::config(), GuardSettings::default());
    let mut steps: Vec<StepValues> = Vec::new();
    let mut reports = 0;
    for event in &diary.0 {
        match event {
            Event::Steps { values } => steps.extend(values),
            Event::Vitals(Vitals { step, steps: count, means }) => {
                assert_eq!(*count, 8);
                let window = steps.iter().filter(|value| value.step > step - 8);
                let mean = window.map(|value| value.g_grad_norm).sum::<f64>() / 8.0;
                assert!((means.g_grad_norm - mean).abs() < 1e-12 * mean);
                reports += 1;
            }
            _ => {}
        }
    }
    assert_eq!(reports, 5);
}

#[test]
fn a_run_that_becomes_nan_ends_with_the_step_and_the_values_before_it() {
    let (finished, _, diary) = train(doomed(), GuardSettings::default());
    assert!(!finished);
    let alarms = diary.alarms();
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].trouble, "non-finite");
    let non_finite = diary.0.iter().find_map(|event| match event {
        Event::NonFinite(non_finite) => Some(non_finite),
        _ => None,
    });
    let step = non_finite.unwrap().step;
    assert!(alarms[0].message.contains(&format!("at step {step}; before it")), "{alarms:?}");
    assert!(alarms[0].message.contains(&format!("step {}: loss D", step - 1)), "{alarms:?}");
}

#[test]
fn a_rollback_goes_back_to_the_checkpoint_with_another_seed_and_half_the_rate() {
    let settings = GuardSettings { on_nan: OnNan::Rollback, ..GuardSettings::default() };
    // A checkpoint after every step: it is NaN within a few.
    let (finished, trainer, diary) =
        train(TrainingConfig { checkpoint_every: Every(1), ..doomed() }, settings);
    let rollbacks: Vec<(u64, u64)> = diary
        .0
        .iter()
        .filter_map(|event| match event {
            Event::RolledBack { from_step, step } => Some((*from_step, *step)),
            _ => None,
        })
        .collect();
    assert!(!rollbacks.is_empty() && rollbacks.len() <= 3, "{rollbacks:?}");
    for (from_step, step) in &rollbacks {
        assert!(step < from_step, "{rollbacks:?}");
    }
    assert_ne!(trainer.config().seed, doomed().seed);
    let rate = trainer.config().generator_adam.learning_rate.at(0.0);
    assert_eq!(rate, 0.9 * 0.5_f64.powi(rollbacks.len() as i32));
    // Either it was rescued, or it says that so many rollbacks did not help.
    let gave_up = diary.0.iter().any(
        |event| matches!(event, Event::Note { text, .. } if text.contains("rollbacks did not help")),
    );
    assert!(finished != gave_up, "finished {finished}, gave up {gave_up}");
}

fn watches(loss: Loss) -> Watches {
    let has_probabilities = loss.has_probabilities();
    Watches::new(Facts { has_probabilities, steps: 10_000, batch_size: 64 })
}

fn vitals(step: u64, means: StepValues) -> Event {
    Event::Vitals(Vitals { step, steps: 10, means })
}

/// What the watches say of `events`: (trouble, raised), in order.
fn findings(
    watches: &mut Watches,
    events: impl IntoIterator<Item = Event>,
) -> Vec<(Trouble, bool)> {
    let pair = |Finding { trouble, raised, .. }| (trouble, raised);
    events.into_iter().flat_map(|event| watches.look(&event)).map(pair).collect()
}

#[test]
fn a_sure_discriminator_raises_one_alarm_and_none_for_losses_without_log_odds() {
    let sure = StepValues {
        real_accuracy: 1.0,
        fake_accuracy: 1.0,
        real_logit: 9.0,
        fake_logit: -9.0,
        g_grad_norm: 1.0,
        ..StepValues::default()
    };
    let long = || (1..30).map(|i| vitals(i * 10, sure));
    let found = findings(&mut watches(Loss::NonSaturating), long());
    assert_eq!(found, [(Trouble::DiscriminatorSaturation, true)]);
    assert!(findings(&mut watches(Loss::Hinge), long()).is_empty());
}

#[test]
fn a_gradient_a_thousand_times_smaller_or_larger_raises_its_alarm_and_recovery_takes_it_back() {
    let at =
        |step: u64, norm: f64| vitals(step, StepValues { g_grad_norm: norm, ..Default::default() });
    for (factor, trouble) in [(1e-3, Trouble::VanishingGradient), (1e3, Trouble::ExplodingGradient)]
    {
        let usual = (1..=8).map(|i| at(i, 1.0 + 0.1 * (i % 3) as f64));
        let (wrong, again) = ((9..=14).map(|i| at(i, factor)), (15..=20).map(|i| at(i, 1.0)));
        let found = findings(&mut watches(Loss::Hinge), usual.chain(wrong).chain(again));
        assert_eq!(found, [(trouble, true), (trouble, false)]);
    }
}

#[test]
fn a_swing_that_stays_is_an_oscillation_and_one_that_shrinks_is_none() {
    let swing = |shrink: f64| {
        (0..80_u32).map(move |i| {
            let angle = std::f64::consts::TAU * f64::from(i) / 7.0;
            let g_loss = 1.0 + angle.sin() * shrink.powi(i as i32) * 0.3;
            vitals(u64::from(i), StepValues { g_loss, g_grad_norm: 1.0, ..Default::default() })
        })
    };
    let found = findings(&mut watches(Loss::Hinge), swing(1.0));
    assert_eq!(found, [(Trouble::Oscillation, true)]);
    assert!(findings(&mut watches(Loss::Hinge), swing(0.93)).is_empty());
}

#[test]
fn samples_that_are_all_alike_are_a_collapse_but_not_at_the_start() {
    let stats = |step, spread: f64| {
        Event::SampleStats(SampleStats { step, spread, spread_high: spread + 0.05, moved: None })
    };
    let mut watches = watches(Loss::Hinge);
    let early = [stats(0, 0.01), stats(500, 0.01), stats(900, 0.02)];
    assert!(findings(&mut watches, early).is_empty());
    let late = [stats(2000, 0.1), stats(3000, 0.1), stats(4000, 0.1)];
    assert_eq!(findings(&mut watches, late), [(Trouble::ModeCollapse, true)]);
    // Samples that come apart from grid to grid are on their way.
    let rising = [(2000, 0.1), (3000, 0.13), (4000, 0.17), (5000, 0.22)];
    let mut watches = self::watches(Loss::Hinge);
    assert!(findings(&mut watches, rising.map(|(step, spread)| stats(step, spread))).is_empty());
}

#[test]
fn a_class_at_a_tenth_of_its_share_is_missing_and_one_at_nine_tenths_is_not() {
    let counts = |rare: u64| {
        let mut counts = vec![(1000 - rare) / 9; 10];
        counts[3] = rare;
        Event::ClassCounts(ClassCounts { step: 5000, counts, of_data: vec![0.1; 10] })
    };
    assert_eq!(findings(&mut watches(Loss::Hinge), [counts(10)]), [(Trouble::MissingClass, true)]);
    assert!(findings(&mut watches(Loss::Hinge), [counts(90)]).is_empty());
}

#[test]
fn before_1000_steps_nothing_is_called_collapsed_or_missing_however_short_the_run() {
    let alike = |step| {
        Event::SampleStats(SampleStats { step, spread: 0.0, spread_high: 0.01, moved: None })
    };
    let one_class = |step| {
        let mut counts = vec![0; 10];
        counts[3] = 1000;
        Event::ClassCounts(ClassCounts { step, counts, of_data: vec![0.1; 10] })
    };
    for steps in [5, 500, 999] {
        let mut watches = Watches::new(Facts { has_probabilities: false, steps, batch_size: 64 });
        let looks = (1..=5).flat_map(|i| [alike(i * steps / 5), one_class(i * steps / 5)]);
        assert!(findings(&mut watches, looks).is_empty(), "{steps} steps");
    }
    let facts = Facts { has_probabilities: false, steps: 1200, batch_size: 64 };
    let mut watches = Watches::new(facts);
    let found = findings(&mut watches, [alike(1000), alike(1200), one_class(1200)]);
    assert_eq!(found, [(Trouble::ModeCollapse, true), (Trouble::MissingClass, true)]);
}

#[test]
fn copies_and_a_standstill_are_seen_at_evaluations() {
    let evaluated = |metric: &str, value: f64, is_best| {
        let (metric, value) = (metric.to_owned(), Some(value));
        let baseline = Some(0.8);
        let (seconds, remark) = (0.0, None);
        Event::Evaluated(Evaluated {
            step: 9,
            metric,
            value,
            interval: None,
            baseline,
            is_best,
            seconds,
            remark,
        })
    };
    let mut of_copies = watches(Loss::Hinge);
    let copies = [evaluated("authenticity_mnistcnn_10k", 0.6, true)];
    assert_eq!(findings(&mut of_copies, copies), [(Trouble::Memorisation, true)]);
    let series = |from_best: usize| {
        (0..15).map(move |i| {
            let value = if i <= from_best {
                30.0 - i as f64
            } else {
                30.0 - from_best as f64 + (i % 2) as f64
            };
            evaluated("fd_mnistcnn_10k", value, i <= from_best)
        })
    };
    assert_eq!(findings(&mut watches(Loss::Hinge), series(2)), [(Trouble::NoProgress, true)]);
    assert!(findings(&mut watches(Loss::Hinge), series(14)).is_empty());
}

#[test]
fn a_trouble_ends_the_run_where_it_should() {
    let mut config = small::config();
    // Nothing is learned and every image is the same: the spread stays that of the first weights.
    config.generator_adam.learning_rate = 1e-12.into();
    config.steps = 1_200;
    let settings = GuardSettings { on_trouble: OnTrouble::Stop, ..GuardSettings::default() };
    let (finished, trainer, diary) = train(config, settings);
    assert!(diary.alarms().iter().any(|alarm| alarm.trouble == "mode-collapse"));
    assert!(!finished && trainer.step() < 1_200);
}

#[test]
fn every_trouble_has_one_row_with_a_cure_and_a_source() {
    for info in TROUBLES {
        assert_eq!(Trouble::named(info.name), Some(info.trouble));
        assert_eq!(info.trouble.name(), info.name);
        assert_eq!(serde_json::to_value(info.trouble).unwrap(), info.name);
        assert!(!info.cures.is_empty() && !info.causes.is_empty() && !info.sources.is_empty());
        assert!(info.cures.iter().all(|cure| cure.flags.starts_with("--")), "{}", info.name);
    }
}
