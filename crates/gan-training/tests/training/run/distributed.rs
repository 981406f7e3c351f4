//! Runs that several ranks train together. Here ranks are threads; in crate `gan-mpi` they are processes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use gan_collective::{Collective, InProcess, in_process};
use gan_data::ImageSet;
use gan_model::{DiscriminatorConfig, MlpDiscriminatorConfig};
use gan_training::{
    Ending, Event, Every, GradientPenalty, Loss, Observer, ObserverError, Observers, Outbox,
    PenaltyConfig, Request, Run, RunView, StepValues, TrainError, Trainer, TrainingConfig,
};
use gan_weights::{NamedTensors, named_weights};

use crate::step::stabilisers;
use crate::{devices, networks, small};

/// What each rank makes of `work`, each in a thread and a pool of its own.
fn on_each<R: Send>(ranks: usize, work: impl Fn(InProcess) -> R + Sync) -> Vec<R> {
    let run = |rank| {
        // A rank that waits for the others must not hold a thread of a pool that they share.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| work(rank))
    };
    std::thread::scope(|scope| {
        let ranks = in_process(ranks).into_iter();
        let threads: Vec<_> = ranks.map(|rank| scope.spawn(|| run(rank))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no rank panics")).collect()
    })
}

/// What is trained.
struct Case {
    name: &'static str,
    config: TrainingConfig,
    data: ImageSet,
}

impl Case {
    fn trainer(&self) -> Trainer {
        let valid = self.config.clone().for_data(self.data.clone()).unwrap();
        Trainer::new(valid, &Device::flex())
    }
}

/// Every network; every stabiliser, penalty and schedule; classes.
fn cases() -> Vec<Case> {
    let every = |config| Case { name: "every stabiliser", config, data: small::images() };
    let mut cases = vec![every(TrainingConfig { batch_size: 12, ..stabilisers::everything() })];
    cases[0].config.report_every = Every(1);
    let interpolates = PenaltyConfig {
        gradient_penalty: Some(GradientPenalty::Interpolates { lambda: 10.0 }),
        ..PenaltyConfig::default()
    };
    let wgan =
        TrainingConfig { loss: Loss::Wasserstein, penalties: interpolates, ..small::config() };
    cases.push(Case {
        name: "wgan-gp",
        config: TrainingConfig { batch_size: 12, ..wgan },
        data: small::images(),
    });
    for (name, generator, discriminator) in networks::networks() {
        let config =
            TrainingConfig { generator, discriminator, batch_size: 12, ..networks::preset() };
        cases.push(Case { name, config, data: networks::images() });
    }
    let bytes = small::images();
    let bytes = (0..50).flat_map(|i| bytes.image(i).unwrap().into_owned()).collect();
    let labels = (0..50).map(|i| i % 4).collect();
    cases.push(Case {
        name: "class-conditional",
        config: TrainingConfig { batch_size: 12, ..small::config() }.with_classes(Some(4)),
        data: ImageSet::new("bars", [1, 4, 4], bytes, Some(labels)).unwrap(),
    });
    for Case { config, .. } in &mut cases {
        // Where the gradient is a sum that is 0 but for its rounding (that of the output's bias in a
        // relativistic game, of layers behind others that begin as 0), Adam makes a whole step of the
        // rounding, unless ε is above it.
        for adam in [&mut config.generator_adam, &mut config.discriminator_adam] {
            adam.epsilon = 1e-3;
        }
    }
    cases
}

/// Both networks' weights, statistics of batch norm among them, and what is sampled from.
fn weights(trainer: &Trainer) -> NamedTensors {
    let mut all = named_weights(&trainer.gan().generator, "generator.");
    all.extend(named_weights(&trainer.gan().discriminator, "discriminator."));
    all.extend(named_weights(&trainer.generator(), "sampled."));
    all
}

/// Weights, values of every step and the checkpoint after `steps` steps.
fn train(mut trainer: Trainer, steps: u64) -> (NamedTensors, Vec<StepValues>, Vec<u8>) {
    small::advance(&mut trainer, steps);
    let (weights, values) = (weights(&trainer), trainer.read_steps());
    (weights, values, trainer.checkpoint().unwrap())
}

/// The largest difference, as a fraction of the largest of the tensor's values (of 0.1 at least).
fn difference(a: &NamedTensors, b: &NamedTensors) -> (f32, String) {
    assert!(a.keys().eq(b.keys()));
    let of = |name: &String| {
        let pairs = || a[name].iter::<f32>().zip(b[name].iter::<f32>());
        let scale = pairs().map(|(a, _)| a.abs()).fold(0.1, f32::max);
        (pairs().map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / scale, name.clone())
    };
    a.keys().map(of).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

#[test]
fn two_and_three_ranks_follow_the_trajectory_of_one_process_on_the_same_batches() {
    for case in cases() {
        let (alone, values, _) = train(case.trainer(), 8);
        for ranks in [2, 3] {
            let together =
                on_each(ranks, |rank| train(case.trainer().among(Arc::new(rank)).unwrap(), 8));
            for (weights, of_ranks, _) in together {
                let (difference, tensor) = difference(&alone, &weights);
                assert!(difference < 1e-5, "{}, {ranks} ranks: {tensor} {difference}", case.name);
                assert_eq!(values.len(), of_ranks.len());
                for (a, b) in values.iter().zip(&of_ranks) {
                    let pairs = [
                        (a.d_loss, b.d_loss),
                        (a.g_loss, b.g_loss),
                        (a.real_logit, b.real_logit),
                        (a.fake_probability, b.fake_probability),
                        (a.d_grad_norm, b.d_grad_norm),
                        (a.g_grad_norm, b.g_grad_norm),
                    ];
                    for (a, b) in pairs {
                        assert!((a - b).abs() < 1e-5 * (1.0 + a.abs()), "{}: {a}, {b}", case.name);
                    }
                    assert_eq!(a.pair_accuracy, b.pair_accuracy, "{}", case.name);
                }
            }
        }
    }
}

#[test]
fn a_number_of_ranks_always_gives_the_same_bits_and_the_same_on_every_rank() {
    for case in cases() {
        let run = || on_each(3, |rank| train(case.trainer().among(Arc::new(rank)).unwrap(), 4).2);
        let checkpoints = [run(), run()].concat();
        assert!(checkpoints.iter().all(|bytes| *bytes == checkpoints[0]), "{}", case.name);
    }
}

#[test]
fn one_rank_gives_the_bits_of_a_process_alone() {
    for case in cases() {
        let alone = train(case.trainer(), 4).2;
        let one = on_each(1, |rank| train(case.trainer().among(Arc::new(rank)).unwrap(), 4).2);
        assert!(one == [alone], "{}", case.name);
    }
}

#[test]
fn a_run_is_resumed_on_any_number_of_ranks() {
    let case = &cases()[2];
    let (expected, ..) = train(case.trainer(), 9);
    let mut checkpoint: Option<Vec<u8>> = None;
    for (ranks, steps) in [(2, 3), (3, 3), (1, 3)] {
        let done = on_each(ranks, |rank| {
            let trainer = match &checkpoint {
                None => case.trainer(),
                Some(bytes) => {
                    Trainer::from_checkpoint(bytes, case.data.clone(), &Device::flex()).unwrap()
                }
            };
            train(trainer.among(Arc::new(rank)).unwrap(), steps)
        });
        let (weights, _, bytes) = done.into_iter().next().unwrap();
        if ranks == 1 {
            let (difference, tensor) = difference(&expected, &weights);
            assert!(difference < 1e-4, "{tensor}: {difference}");
        }
        checkpoint = Some(bytes);
    }
}

/// What every rank answers to `trainer` of each.
fn refusals(ranks: usize, trainer: impl Fn(usize) -> Trainer + Sync) -> Vec<String> {
    on_each(ranks, |rank| {
        let trainer = trainer(rank.rank());
        trainer.among(Arc::new(rank)).err().expect("refused").to_string()
    })
}

#[test]
fn a_batch_that_ranks_cannot_share_equally_is_refused_with_one_that_they_can() {
    for told in refusals(3, |_| small::trainer(&Device::flex())) {
        assert!(told.contains("batch_size") && told.contains("10"), "{told}");
        assert!(told.contains("3 ranks") && told.contains("such as 9"), "{told}");
    }
}

#[test]
fn ranks_that_were_not_started_alike_are_refused_by_the_name_of_what_differs() {
    let trainer = |config: TrainingConfig, data| {
        Trainer::new(config.for_data(data).unwrap(), &Device::flex())
    };
    for told in refusals(2, |rank| {
        trainer(TrainingConfig { seed: 3 + rank as u64, ..small::config() }, small::images())
    }) {
        assert_eq!(told, "seed is 4 on rank 1 (this process), but 3 on rank 0");
    }
    for told in refusals(2, |rank| {
        let other = ImageSet::new("other", [1, 4, 4], vec![rank as u8; 800], None).unwrap();
        trainer(small::config(), other)
    }) {
        assert!(told.starts_with("data checksum is "), "{told}");
    }
    for told in refusals(2, |rank| {
        let mut trainer = small::trainer(&Device::flex());
        small::advance(&mut trainer, rank as u64);
        trainer
    }) {
        assert!(told.starts_with("images seen is 10 on rank 1"), "{told}");
    }
}

#[test]
fn a_network_whose_images_know_of_each_other_is_refused_by_name_where_ranks_cannot_share_it() {
    let config = small::config();
    let DiscriminatorConfig::Mlp(mlp) = config.discriminator.clone() else { unreachable!() };
    let discriminator =
        DiscriminatorConfig::Mlp(MlpDiscriminatorConfig { minibatch_std: true, ..mlp });
    let config = TrainingConfig { discriminator, ..config };
    let sees_batch = || config.clone().for_data(small::images()).unwrap();
    for told in refusals(2, |_| Trainer::new(sees_batch(), &Device::flex())) {
        assert!(told.contains("discriminator.minibatch_std"), "{told}");
    }
    let dcgan = &cases()[2];
    assert_eq!(dcgan.name, "dcgan");
    for told in refusals(2, |_| {
        let valid = dcgan.config.clone().for_data(dcgan.data.clone()).unwrap();
        Trainer::new(valid, &devices::ndarray())
    }) {
        assert!(told.contains("dcgan") && told.contains("batch norm"), "{told}");
    }
}

/// Asks for something at a step, and keeps checkpoints.
#[derive(Default)]
struct Asks {
    stop_at: Option<u64>,
    fail_at: Option<u64>,
    read_at: Option<u64>,
    roll_back_at: Option<u64>,
    checkpoints: Vec<Vec<u8>>,
    events: usize,
}

impl Observer for Asks {
    fn observe(
        &mut self,
        event: &Event,
        run: &dyn RunView,
        outbox: &mut Outbox,
    ) -> Result<(), ObserverError> {
        self.events += 1;
        match event {
            Event::Checkpoint { bytes, .. } => self.checkpoints.push(bytes.clone()),
            Event::Stepped { step } => {
                if self.stop_at == Some(*step) {
                    outbox.ask(Request::Stop);
                }
                if self.read_at == Some(*step) {
                    outbox.ask(Request::ReadSteps);
                }
                if self.roll_back_at == Some(*step) {
                    self.roll_back_at = None;
                    let checkpoint = self.checkpoints.last().expect("one before").clone();
                    let mut config = run.config().clone();
                    config.generator_adam.learning_rate = 1e-5.into();
                    outbox.ask(Request::RollBack { checkpoint, config: Box::new(config) });
                }
                if self.fail_at == Some(*step) {
                    return Err(ObserverError::ends_run("the disk is full"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// How a run of `ranks` ranks ended on each, and its checkpoint then; rank 0 alone has an observer.
fn run(
    ranks: usize,
    asks: impl Fn() -> Asks + Sync,
    stopped: usize,
) -> Vec<(Result<Ending, String>, u64, Vec<u8>)> {
    on_each(ranks, |rank| {
        let (is_first, stop) = (rank.rank() == 0, AtomicBool::new(rank.rank() == stopped));
        let trainer = small::trainer(&Device::flex()).among(Arc::new(rank)).unwrap();
        let mut asks = asks();
        let mut observers = Observers::new();
        if is_first {
            observers.add("asks", &mut asks);
        }
        let mut run = Run::new(trainer, observers);
        let ending = run.train(&stop).map_err(|error| match error {
            TrainError::Observer { observer, source } => format!("{observer}: {source}"),
            other => other.to_string(),
        });
        let mut trainer = run.into_trainer();
        let bytes = trainer.checkpoint().unwrap();
        assert_eq!(asks.events > 0, is_first);
        (ending, trainer.step(), bytes)
    })
}

const NOBODY: usize = usize::MAX;

#[test]
fn what_rank_0s_observers_ask_for_is_done_on_all_ranks() {
    let to_the_end = run(2, || Asks { read_at: Some(3), ..Asks::default() }, NOBODY);
    for (ending, step, bytes) in &to_the_end {
        assert_eq!((ending, *step), (&Ok(Ending::Finished), 40));
        assert!(*bytes == to_the_end[0].2);
    }
    for (ending, step, _) in run(2, || Asks { stop_at: Some(5), ..Asks::default() }, NOBODY) {
        assert_eq!((ending, step), (Ok(Ending::Stopped), 5));
    }
    for (ending, step, _) in run(2, || Asks { fail_at: Some(7), ..Asks::default() }, NOBODY) {
        assert_eq!((ending, step), (Err("asks: the disk is full".to_owned()), 7));
    }
    let back = run(2, || Asks { roll_back_at: Some(17), ..Asks::default() }, NOBODY);
    assert!(back[0].2 == back[1].2 && back[0].2 != to_the_end[0].2);
    assert!(back.iter().all(|(ending, step, _)| (ending, *step) == (&Ok(Ending::Finished), 40)));
}

#[test]
fn a_signal_to_any_rank_stops_all_after_the_same_step() {
    for signalled in [0, 1] {
        for (ending, step, _) in run(2, Asks::default, signalled) {
            assert_eq!((ending, step), (Ok(Ending::Stopped), 0), "rank {signalled}");
        }
    }
}

#[test]
fn a_loss_that_is_not_finite_ends_all_ranks_at_the_same_step() {
    let mut config = small::config();
    config.loss = Loss::Wasserstein;
    config.discriminator_adam.learning_rate = 1e30.into();
    let ended = on_each(2, |rank| {
        let valid = config.clone().for_data(small::images()).unwrap();
        let trainer = Trainer::new(valid, &Device::flex()).among(Arc::new(rank)).unwrap();
        let mut run = Run::new(trainer, Observers::new());
        let error = run.train(&AtomicBool::new(false)).unwrap_err();
        assert!(matches!(error, TrainError::NonFinite(_)));
        error.to_string()
    });
    assert_eq!(ended[0], ended[1]);
}
