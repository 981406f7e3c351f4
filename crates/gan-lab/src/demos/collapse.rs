//! Mode collapse: on MNIST by the tutorial's GAN, and on mixtures of Gaussians, whose modes can be counted.

use gan_data::{ImageSet, Modes};
use gan_metrics::{Features, Mixture, ModeScore, Resampling};
use gan_model::{SampleRequest, Sampler};
use gan_training::guard::GuardSettings;
use gan_training::{Every, Loss, PenaltyConfig, Preset, TrainingConfig};

use super::digits::{DigitScore, Digits};
use super::{percent, synthetic};
use crate::page::{Page, Panel, Role, Section, Side, Table};
use crate::svg::chart;
use crate::training::{points, train};
use crate::{Lab, LabError};

/// Samples that are scored, as in VEEGAN and PacGAN.
const SAMPLES: u64 = 2_500;
/// MNIST's rarest digit is this fraction of the samples, or more, where nothing has collapsed; of the
/// data it is 9.0 %.
const RAREST: f64 = 0.08;

/// A part of the page, and what came out.
struct Part {
    section: Section,
    verdict: String,
    is_cured: bool,
}

pub(super) fn run(lab: &Lab<'_>) -> Result<Page, LabError> {
    let mut parts = vec![mnist(lab)?];
    for set in lab.choose(&["ring", "grid"][..], &["ring"][..], &["ring", "grid"][..]) {
        parts.push(mixture(lab, set)?);
    }
    let verdicts: Vec<&str> = parts.iter().map(|part| part.verdict.as_str()).collect();
    Ok(Page {
        name: "collapse",
        title: "Mode collapse".to_owned(),
        explanation: vec![
            "A generator is paid for fooling the discriminator, not for variety: one convincing image is \
             enough until the discriminator has learned to reject it, and then it moves to the next. \
             Precision alone does not see it: every sample may look real."
                .to_owned(),
            "Relativistic pairing compares each real image with a generated one, so that a mode that is \
             never drawn costs; R1 and R2 keep the discriminator's gradient small, so that the generator \
             is told where the missing modes are."
                .to_owned(),
            "Stacked MNIST, with 1,000 modes, takes longer than five minutes on two cores: preset dcgan \
             finds all of them in 10,000 steps (docs/presets.md has the commands and numbers)."
                .to_owned(),
        ],
        verdict: verdicts.join(" "),
        is_cured: parts.iter().all(|part| part.is_cured),
        sections: parts.into_iter().map(|part| part.section).collect(),
        commands: vec![
            "gan --loss saturating --budget 20s".to_owned(),
            "gan --preset mlp".to_owned(),
            "gan data synth ring --out ring.npz          # or grid".to_owned(),
            "gan --data ring.npz --loss non-saturating --r1-gamma 0 --r2-gamma 0".to_owned(),
            "gan --data ring.npz".to_owned(),
            "gan evaluate".to_owned(),
        ],
        sources: vec![
            "Goodfellow 2016, section 5.1.1",
            "Srivastava et al. 2017 (VEEGAN)",
            "Lin et al. 2018 (PacGAN)",
            "Huang et al. 2024 (R3GAN)",
        ],
        made_by: String::new(),
    })
}

/// The tutorial's networks with the minimax loss and with its own, and the preset `mlp`.
fn mnist(lab: &Lab<'_>) -> Result<Part, LabError> {
    let data = gan_data::mnist()?;
    let digits = Digits::new(lab, &data)?;
    let steps = lab.choose(8, 500, 4_000);
    let trials = [
        (Role::Trouble, "tutorial, --loss saturating", Preset::Tutorial, Loss::Saturating, steps),
        (Role::Trouble, "tutorial", Preset::Tutorial, Loss::NonSaturating, steps),
        (Role::Cure, "mlp", Preset::Mlp, Loss::RelativisticPairing, lab.choose(4, 250, 3_000)),
    ];
    let mut table = Table::new([
        "training",
        "steps",
        "precision",
        "recall",
        "digits",
        "rarest digit",
        "the guard saw",
    ]);
    let mut row = |name: &str, steps: String, score: &DigitScore, alarms: String| {
        let DigitScore { precision, recall, classes, rarest } = score;
        table.row([
            name.to_owned(),
            steps,
            format!("{precision:.3}"),
            format!("{recall:.3}"),
            format!("{classes} of 10"),
            format!("{}: {}", rarest.0, percent(rarest.1)),
            alarms,
        ]);
    };
    let real = digits.of_reals(&data, lab.device)?;
    row("real images", "–".to_owned(), &real, "–".to_owned());
    let (mut sides, mut lines, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for (role, name, preset, loss, steps) in trials {
        let mut config = preset.config([1, 28, 28]);
        (config.loss, config.seed, config.steps) = (loss, lab.seed, steps);
        if let Some(ema) = &mut config.stabilisers.generator_ema {
            // An average over more images than the run shows would be one of its beginning.
            ema.half_life_images = ema.half_life_images.min((steps * 128) as f64 / 20.0);
        }
        (config.report_every, config.samples_every) = (Every(steps / 4), Every(steps / 4));
        (config.snapshot_every, config.checkpoint_every) = (Every(0), Every(0));
        let what = format!("MNIST, {name}, {steps} steps");
        let outcome = train(lab, &what, config, data.clone(), GuardSettings::default())?;
        let score = digits.of_samples(&outcome.sampler)?;
        row(name, steps.to_string(), &score, outcome.alarms());
        let colour = if loss == Loss::Saturating { "--c" } else { role.colour() };
        lines.push(outcome.line(colour, |values| values.g_grad_norm.max(1e-12).log10()));
        scores.push(score);
        sides.push(Side { title: name.to_owned(), role, panels: outcome.frames });
    }
    let [saturating, _, cured] = scores.as_slice() else { unreachable!("three trials") };
    let verdict = format!(
        "MNIST: with the minimax loss precision is {:.3} and recall {:.3}, {} of 10 digits; mlp's rarest \
         digit is {} of its samples (8 % was the aim, the data has {}).",
        saturating.precision,
        saturating.recall,
        saturating.classes,
        percent(cured.rarest.1),
        percent(real.rarest.1),
    );
    let section = Section {
        heading: "MNIST".to_owned(),
        text: "The loss of equation 1 saturates: as soon as the discriminator is sure, the generator's \
               gradient vanishes, and it stays where it is. Its precision is that of one good digit. \
               Below: the norm of the generator's gradient, as a power of ten (purple: saturating, red: \
               tutorial, blue: mlp)."
            .to_owned(),
        sides,
        panels: vec![Panel::svg("gradient norm of the generator, log₁₀", chart(&lines, "step"))],
        table: Some(table),
    };
    Ok(Part { section, verdict, is_cured: cured.rarest.1 >= RAREST })
}

/// The preset `points`, or the same networks with the loss of 2014 and without penalties.
fn points_config(lab: &Lab<'_>, role: Role, steps: u64) -> TrainingConfig {
    let mut config = Preset::Points.config([2, 1, 1]);
    if role == Role::Trouble {
        config.loss = Loss::NonSaturating;
        config.penalties = PenaltyConfig::default();
    }
    if let Some(ema) = &mut config.stabilisers.generator_ema {
        ema.half_life_images *= steps as f64 / config.steps as f64;
    }
    (config.seed, config.steps) = (lab.seed, steps);
    (config.report_every, config.samples_every) = (Every(steps.div_ceil(20)), Every(steps / 4));
    (config.snapshot_every, config.checkpoint_every) = (Every(0), Every(0));
    config
}

/// A mixture of Gaussians.
fn mixture(lab: &Lab<'_>, set: &str) -> Result<Part, LabError> {
    let data = synthetic(lab, set)?;
    let mixture = mixture_of(&data);
    let all = mixture.centres.len();
    let steps = lab.choose(8, 700, if set == "ring" { 2_500 } else { 5_000 });
    let mut table = Table::new([
        "training",
        "modes",
        "near a mode",
        "between modes",
        "reverse KL",
        "the guard saw",
    ]);
    let (mut sides, mut found) = (Vec::new(), Vec::new());
    for (role, name) in
        [(Role::Trouble, "loss of 2014"), (Role::Cure, "relativistic pairing, R1 + R2")]
    {
        let what = format!("{set}, {name}, {steps} steps");
        let config = points_config(lab, role, steps);
        let outcome = train(lab, &what, config, data.clone(), GuardSettings::default())?;
        let ModeScore { modes, high_quality, reverse_kl } = score(&outcome.sampler, &mixture)?;
        let near = high_quality.map_or(0.0, |fraction| fraction.value);
        table.row([
            name.to_owned(),
            format!("{} of {all}", modes.value),
            percent(near),
            percent(1.0 - near),
            format!("{:.4}", reverse_kl.value),
            outcome.alarms(),
        ]);
        found.push((modes.value as usize, near));
        sides.push(Side { title: name.to_owned(), role, panels: outcome.frames });
    }
    let [(lost, lost_near), (cured, cured_near)] = found[..] else { unreachable!("two sides") };
    let verdict = format!(
        "{set}: {lost} of {all} modes with {} of the samples between modes; cured {cured} of {all} with {}.",
        percent(1.0 - lost_near),
        percent(1.0 - cured_near),
    );
    let section = Section {
        heading: format!("The {set}: {SAMPLES} samples after {steps} steps"),
        text: "A mode counts with at least one sample within three standard deviations; 98.9 % of a perfect \
               sampler's are that near, what is farther away lies between modes. Reverse KL is 0 where all \
               modes are hit equally often."
            .to_owned(),
        sides,
        table: Some(table),
        ..Section::default()
    };
    Ok(Part { section, verdict, is_cured: cured == all })
}

pub(super) fn score(sampler: &Sampler, mixture: &Mixture) -> Result<ModeScore, LabError> {
    let images = sampler.images(&SampleRequest::seeds(0..SAMPLES))?;
    let values: Vec<f32> = points(images).as_flattened().to_vec();
    let features = Features::new(SAMPLES as usize, 2, values)?;
    Ok(mixture.hits(&features)?.score(Resampling::none(0))?)
}

pub(super) fn mixture_of(data: &ImageSet) -> Mixture {
    let Some(Modes::Gaussians { centres, std }) = data.modes() else {
        unreachable!("ring and grid have Gaussians")
    };
    let centres = centres.iter().map(|centre| centre.map(f64::from)).collect();
    Mixture { centres, sigma: f64::from(*std) }
}
