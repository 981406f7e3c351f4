//! The textbook's losses on probabilities: as soon as one rounds to 0, its logarithm is infinite.

use gan_training::guard::{GuardSettings, OnNan};
use gan_training::{Every, Loss, Preset, TrainingConfig};

use super::percent;
use crate::page::{Page, Panel, Role, Section, Side, Table};
use crate::svg::chart;
use crate::training::{Outcome, train};
use crate::{Lab, LabError};

/// The tutorial's learning rates times this.
const FACTORS: [f64; 2] = [20.0, 30.0];

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Textbook,
    Logits,
    Rollback,
}

const KINDS: [(Kind, &str); 3] = [
    (Kind::Textbook, "on probabilities"),
    (Kind::Logits, "from logits"),
    (Kind::Rollback, "on probabilities, with rollback"),
];

fn config(kind: Kind, factor: f64, seed: u64, steps: u64) -> TrainingConfig {
    let mut config = Preset::Tutorial.config([1, 28, 28]);
    config.loss = if kind == Kind::Logits { Loss::NonSaturating } else { Loss::Textbook };
    for adam in [&mut config.generator_adam, &mut config.discriminator_adam] {
        adam.learning_rate = (adam.learning_rate.at(0.0) * factor).into();
    }
    (config.seed, config.steps) = (seed, steps);
    (config.report_every, config.samples_every) = (Every(50), Every(steps.div_ceil(4)));
    (config.snapshot_every, config.checkpoint_every) = (Every(0), Every(25));
    config
}

/// Runs of one setting.
#[derive(Default)]
struct Runs {
    /// Where they ended.
    first_steps: Vec<u64>,
    all: u64,
}

impl Runs {
    fn add(&mut self, outcome: &Outcome) {
        self.all += 1;
        self.first_steps.extend(outcome.non_finite.as_ref().map(|non_finite| non_finite.step));
    }

    fn row(&mut self, rate: f64, name: &str) -> [String; 4] {
        self.first_steps.sort_unstable();
        let broken = self.first_steps.len();
        let median = self.first_steps.get(broken / 2);
        [
            format!("{rate}"),
            name.to_owned(),
            format!("{broken} of {}", self.all),
            median.map_or("–".to_owned(), u64::to_string),
        ]
    }
}

pub(super) fn run(lab: &Lab<'_>) -> Result<Page, LabError> {
    let (seeds, steps) = (lab.choose(1, 3, 20), lab.choose(20, 250, 500));
    let as_it_is = lab.choose(5, 400, 9_000);
    let data = gan_data::mnist()?;
    let heads = ["learning rate", "loss", "runs that became NaN or infinite", "median first step"];
    let mut table = Table::new(heads);
    let guard_of = |kind| {
        let on_nan = if kind == Kind::Rollback { OnNan::Rollback } else { OnNan::Stop };
        GuardSettings { on_nan, ..GuardSettings::default() }
    };
    let train_one = |kind, name: &str, factor: f64, seed, steps| {
        let what = format!(
            "tutorial on MNIST, loss {name}, learning rate {}, seed {seed}, {steps} steps",
            factor * 1e-3
        );
        train(lab, &what, config(kind, factor, seed, steps), data.clone(), guard_of(kind))
    };

    let mut alone = Runs::default();
    alone.add(&train_one(Kind::Textbook, "on probabilities", 1.0, lab.seed, as_it_is)?);
    table.row(alone.row(1e-3, &format!("on probabilities, {as_it_is} steps")));
    let (mut broken, mut cured, mut rescued) = ([0, 0], [0, 0], [0, 0]);
    let (mut sides, mut panels) = (Vec::new(), Vec::new());
    for factor in FACTORS {
        for (kind, name) in KINDS {
            let mut runs = Runs::default();
            for seed in (0..seeds).map(|index| lab.seed.wrapping_add(index)) {
                let outcome = train_one(kind, name, factor, seed, steps)?;
                runs.add(&outcome);
                if factor == FACTORS[1] && seed == lab.seed && kind != Kind::Rollback {
                    panels.push(losses(name, &outcome));
                    let role = if kind == Kind::Textbook { Role::Trouble } else { Role::Cure };
                    sides.push(Side { title: name.to_owned(), role, panels: outcome.frames });
                }
            }
            let counted = match kind {
                Kind::Textbook => &mut broken,
                Kind::Logits => &mut cured,
                Kind::Rollback => &mut rescued,
            };
            counted[0] += runs.first_steps.len() as u64;
            counted[1] += runs.all;
            table.row(runs.row(factor * 1e-3, name));
        }
    }
    let fraction = percent(broken[0] as f64 / broken[1] as f64);
    let verdict = format!(
        "With 20 and 30 times the tutorial's learning rate, {} of {} runs of {steps} steps became NaN \
         or infinite on probabilities ({fraction}), {} of {} with rollback, {} of {} from logits. At the \
         tutorial's own rate {}.",
        broken[0],
        broken[1],
        rescued[0],
        rescued[1],
        cured[0],
        cured[1],
        match alone.first_steps.first() {
            Some(step) => format!("it was not finite at step {step}"),
            None => format!("{as_it_is} steps stayed finite"),
        }
    );
    Ok(Page {
        name: "nan",
        title: "NaN".to_owned(),
        explanation: vec![
            "The tutorial writes its losses with log D(x) and log(1 − D(G(z))). In 32 bits D(x) = σ(logit) \
             rounds to 0 below a logit of about −104, and 1 − σ(logit) to 0 above about 17: the logarithm \
             is infinite, its gradient NaN, and one step later every weight is."
                .to_owned(),
            "The same loss computed from logits, softplus(−logit), is finite for all of them. Rollback \
             rescues a run whose loss cannot be changed: back to the last checkpoint, other random \
             numbers, half the learning rate, three times at most."
                .to_owned(),
        ],
        verdict,
        is_cured: broken[0] > 0 && cured[0] == 0,
        sections: vec![Section {
            heading: format!("The tutorial's networks on MNIST, {seeds} seeds of {steps} steps"),
            text: "Samples over the steps at 30 times the tutorial's learning rate, and the losses of \
                   discriminator (red) and generator (blue)."
                .to_owned(),
            sides,
            panels,
            table: Some(table),
        }],
        commands: vec![
            "gan --loss textbook --learning-rate 0.02".to_owned(),
            "gan --loss textbook --learning-rate 0.02 --on-nan rollback".to_owned(),
            "gan --loss non-saturating --learning-rate 0.02".to_owned(),
        ],
        sources: vec!["Goodfellow et al. 2014, section 3"],
        made_by: String::new(),
    })
}

fn losses(name: &str, outcome: &Outcome) -> Panel {
    let lines =
        [outcome.line("--a", |values| values.d_loss), outcome.line("--b", |values| values.g_loss)];
    let ended = match &outcome.non_finite {
        Some(non_finite) => format!("{name}: {non_finite}"),
        None => format!("{name}: finite to the end"),
    };
    Panel::svg(ended, chart(&lines, "step"))
}
