//! A ring of Gaussians, trained with and without penalties at a learning rate that does not fall: do the
//! samples come to rest?

use burn::tensor::{Tensor, TensorData};
use gan_data::ImageSet;
use gan_model::{Discriminate, SampleRequest};
use gan_training::guard::GuardSettings;
use gan_training::{Every, Loss, PenaltyConfig, Preset, Trainer, TrainingConfig};

use super::collapse::{mixture_of, score};
use super::{percent, synthetic};
use crate::page::{Panel, Role, Section, Side, Table};
use crate::svg::{Drawing, Line, View, chart};
use crate::training::{Outcome, points, train_and_look};
use crate::{Lab, LabError};

/// The learning rate of both networks, which the preset lets fall, and Adam's momentum.
const RATE: f64 = 2e-3;
const MOMENTUM: f64 = 0.9;
/// γ of R1 and of R2.
const GAMMA: f64 = 1.0;
pub(super) const TROUBLE_FLAGS: &str = "--loss non-saturating --learning-rate 0.002 --beta-1 0.9 --ema-half-life 0 --r1-gamma 0 --r2-gamma 0";
pub(super) const CURE_FLAGS: &str = "--loss non-saturating --learning-rate 0.002 --beta-1 0.9 --ema-half-life 0 --r1-gamma 1 --r2-gamma 1";
/// Samples in a drawing.
const DRAWN: u64 = 400;
/// Samples are calmer if, over the last quarter of the run, they move so many times less from picture to
/// picture than they do without the cure.
const CALMER: f64 = 2.0;

/// What training showed.
pub(super) struct Compared {
    pub(super) section: Section,
    pub(super) verdict: String,
    pub(super) is_cured: bool,
}

fn config(lab: &Lab<'_>, role: Role) -> TrainingConfig {
    let mut config = Preset::Points.config([2, 1, 1]);
    config.loss = Loss::NonSaturating;
    config.penalties = match role {
        Role::Trouble => PenaltyConfig::default(),
        Role::Cure => PenaltyConfig {
            r1_gamma: GAMMA.into(),
            r2_gamma: GAMMA.into(),
            ..PenaltyConfig::default()
        },
    };
    // The average would hide what the generator does.
    config.stabilisers.generator_ema = None;
    for adam in [&mut config.generator_adam, &mut config.discriminator_adam] {
        (adam.learning_rate, adam.beta_1) = (RATE.into(), MOMENTUM);
    }
    config.seed = lab.seed;
    config.steps = lab.choose(8, 400, 1_600);
    config.report_every = Every(config.steps.div_ceil(80));
    config.samples_every = Every(config.steps / lab.choose(2, 8, 16));
    (config.snapshot_every, config.checkpoint_every) = (Every(0), Every(0));
    config
}

pub(super) fn compare(lab: &Lab<'_>) -> Result<Compared, LabError> {
    let data = synthetic(lab, "ring")?;
    let mixture = mixture_of(&data);
    let mut table = Table::new([
        "training",
        "movement in the last quarter",
        "modes",
        "near a mode",
        "reverse KL",
        "the guard saw",
    ]);
    let (mut sides, mut lines, mut movements) = (Vec::new(), Vec::new(), Vec::new());
    for (role, name) in [(Role::Trouble, "no penalty"), (Role::Cure, "R1 + R2, γ = 1")] {
        let mut panels = Vec::new();
        let config = config(lab, role);
        let (steps, every) = (config.steps, config.samples_every.0 * lab.choose(1, 2, 4));
        let mut look = |trainer: &Trainer| {
            if trainer.step().is_multiple_of(every) {
                let caption = format!("step {}", trainer.step());
                panels.push(Panel::svg(caption, field_and_samples(trainer, role)));
            }
        };
        let what = format!("ring, networks, {name}");
        let guard = GuardSettings::default();
        let outcome = train_and_look(lab, &what, config, data.clone(), guard, &mut look)?;
        let moved = movement(&outcome, steps);
        let scored = score(&outcome.sampler, &mixture)?;
        table.row([
            name.to_owned(),
            format!("{moved:.4}"),
            format!("{} of {}", scored.modes.value, mixture.centres.len()),
            percent(scored.high_quality.as_ref().map_or(0.0, |near| near.value)),
            format!("{:.3}", scored.reverse_kl.value),
            outcome.alarms(),
        ]);
        let moves = outcome.samples.iter();
        let moves = moves.filter_map(|stats| Some([stats.step as f64, stats.moved?]));
        lines.push(Line { colour: role.colour(), points: moves.collect() });
        movements.push(moved);
        sides.push(Side { title: name.to_owned(), role, panels });
    }
    let ratio = movements[0] / movements[1];
    let is_cured = ratio >= CALMER;
    let verdict = format!(
        "Networks on the ring: with R1 and R2 the samples move {ratio:.1} times less at the end than \
         without{}.",
        if is_cured { "" } else { ", hardly a difference" }
    );
    let section = Section {
        heading: "The ring, by networks".to_owned(),
        text: format!(
            "Preset points with the loss of 2014, momentum {MOMENTUM}, and a learning rate of {RATE} that \
             does not fall. Arrows: the input gradient of the discriminator, where it pulls samples to; \
             grey: real points; coloured: {DRAWN} samples. Below: how far the fixed samples move from one \
             picture to the next, relative to the distance between real points."
        ),
        sides,
        panels: vec![Panel::svg("movement of the samples", chart(&lines, "step"))],
        table: Some(table),
    };
    Ok(Compared { section, verdict, is_cured })
}

/// The mean movement of the samples from picture to picture in the last quarter of `steps`.
fn movement(outcome: &Outcome, steps: u64) -> f64 {
    let late = outcome.samples.iter().filter(|stats| stats.step * 4 > steps * 3);
    let moves: Vec<f64> = late.filter_map(|stats| stats.moved).collect();
    moves.iter().sum::<f64>() / moves.len() as f64
}

/// Where the discriminator pulls samples to, real points, and samples.
fn field_and_samples(trainer: &Trainer, role: Role) -> String {
    let mut drawing = Drawing::square(View::square(1.6));
    drawing.arrows(14, |at| pull(trainer, at));
    drawing.dots(&real_points(trainer.data()), "--real", 1.6);
    let run: &dyn gan_training::RunView = trainer;
    if let Ok(images) = run.sampler().images(&SampleRequest::seeds(0..DRAWN)) {
        let samples: Vec<[f64; 2]> =
            points(images).into_iter().map(|point| point.map(f64::from)).collect();
        drawing.dots(&samples, role.colour(), 1.6);
    }
    drawing.finish()
}

fn real_points(data: &ImageSet) -> Vec<[f64; 2]> {
    let points = data.points().unwrap_or_default().iter().take(200);
    points.map(|point| point.map(f64::from)).collect()
}

/// ∇D at points of the plane.
fn pull(trainer: &Trainer, at: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let values: Vec<f32> = at.as_flattened().iter().map(|&x| x as f32).collect();
    let device = trainer.device().clone().autodiff();
    let data = TensorData::new(values, [at.len(), 2, 1, 1]);
    let points_there = Tensor::<4>::from_data(data, &device);
    match trainer.gan().discriminator.input_gradient(points_there, None) {
        Some(found) => points(found.gradient).into_iter().map(|pull| pull.map(f64::from)).collect(),
        None => vec![[0.0; 2]; at.len()],
    }
}
