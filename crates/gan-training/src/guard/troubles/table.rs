//! The one table of what goes wrong with GANs.

use super::{Cause, Cure, Trouble, TroubleInfo};
use crate::config::TrainingConfig;
use crate::loss::Loss;

/// Every trouble, the most urgent first.
pub const TROUBLES: &[TroubleInfo] = &[
    TroubleInfo {
        trouble: Trouble::NonFinite,
        name: "non-finite",
        seen: "A loss is NaN or infinite, and every image after it is black or noise.",
        of_samples: None,
        evidence: "A loss, a gradient norm or a weight is not finite; the first such value is named \
                   with its step and the values before it. No test is needed: one is enough.",
        causes: &[
            Cause {
                what: "The loss takes the logarithm of a probability that has rounded to 0 (`--loss textbook`)",
                is_possible: |config| config.loss == Loss::Textbook,
            },
            Cause { what: "The learning rate is too large", is_possible: always },
            Cause {
                what: "A critic of unbounded slope (`--loss wasserstein` without clipping or penalty)",
                is_possible: unconstrained_critic,
            },
        ],
        cures: &[
            Cure {
                what: "Compute the same loss from logits, which is finite for all of them",
                flags: "--loss non-saturating",
                changes: |config| matches!(config.loss, Loss::Textbook | Loss::Saturating),
            },
            Cure {
                what: "Go back to the last checkpoint with other random numbers and half the rate",
                flags: "--on-nan rollback",
                changes: always,
            },
        ],
        sources: &[
            "Goodfellow et al. 2014, section 3 (the non-saturating loss)",
            "lucidrains/lightweight-gan#92, POSTECH-CVLab/PyTorch-StudioGAN#175",
        ],
    },
    TroubleInfo {
        trouble: Trouble::ModeCollapse,
        name: "mode-collapse",
        seen: "All samples look alike, though their latents differ.",
        of_samples: Some("they are far too alike"),
        evidence: "The mean distance between the images of the fixed latents is below 0.3 of that \
                   between as many real ones, at the upper end of a 95 % interval (delete-one \
                   jackknife), and does not grow by a tenth from grid to grid; at two grids in a row, after \
                   1,000 steps and a tenth of the run.",
        causes: &[
            Cause {
                what: "The loss lets a generator win with one good image",
                is_possible: |config| config.loss != Loss::RelativisticPairing,
            },
            Cause {
                what: "The discriminator learns faster than the generator",
                is_possible: always,
            },
        ],
        cures: &[
            Cure {
                what: "Compare each real image with a generated one, and penalise both gradients",
                flags: "--loss relativistic-pairing --r1-gamma 1 --r2-gamma 1",
                changes: |config| config.loss != Loss::RelativisticPairing || without_r1(config),
            },
            Cure {
                what: "A preset made for it",
                flags: "--preset r3-small",
                changes: |config| {
                    config.preset != "r3-small" && config.generator.image_shape()[1] > 1
                },
            },
        ],
        sources: &[
            "Goodfellow 2016, section 5.1.1",
            "Huang et al. 2024 (R3GAN)",
            "lucidrains/stylegan2-pytorch#183",
        ],
    },
    TroubleInfo {
        trouble: Trouble::MissingClass,
        name: "missing-class",
        seen: "One class hardly ever appears among the samples.",
        of_samples: Some("a class is rare"),
        evidence: "Samples are classified. The fraction of the rarest class, at the upper end of its \
                   99 % Clopper-Pearson interval, is below half of its fraction of the data, after \
                   1,000 steps and a tenth of the run.",
        causes: &[
            Cause {
                what: "Partial mode collapse: the loss does not punish what is never drawn",
                is_possible: |config| config.loss != Loss::RelativisticPairing,
            },
            Cause { what: "The networks are too small for the data", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "A preset made against it: MNIST's rarest digit 9.0 % instead of 0.7 to 4.3 %",
                flags: "--preset mlp",
                changes: |config| config.preset != "mlp" && config.generator.image_shape()[1] > 1,
            },
            Cure {
                what: "Tell both networks the class",
                flags: "--conditional",
                changes: |config| config.generator.classes().is_none(),
            },
        ],
        sources: &["Srivastava et al. 2017 (VEEGAN)", "Huang et al. 2024 (R3GAN)"],
    },
    TroubleInfo {
        trouble: Trouble::DiscriminatorSaturation,
        name: "discriminator-saturation",
        seen: "The discriminator's loss is near 0 and the samples no longer change for the better.",
        of_samples: None,
        evidence: "Over a report's steps, the discriminator is right for more than 99 % of the \
                   images at the lower end of the interval (Wilson, z = 3), and the mean logits of \
                   real and generated images are more than 12 apart; three reports in a row. Only for \
                   losses whose logits are log-odds.",
        causes: &[
            Cause {
                what: "The discriminator is larger, or learns faster, than the generator can follow",
                is_possible: always,
            },
            Cause { what: "Too little data: it knows every image by heart", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "Penalise the gradient of the discriminator at real images",
                flags: "--r1-gamma 1",
                changes: without_r1,
            },
            Cure {
                what: "A smaller learning rate for it",
                flags: "--learning-rate-d 1e-4",
                changes: always,
            },
            Cure {
                what: "Augment what it sees",
                flags: "--augment-translation 0.125 --augment-cutout 0.5",
                changes: |config| config.stabilisers.augmentation.is_none(),
            },
        ],
        sources: &["Arjovsky and Bottou 2017", "Mescheder et al. 2018", "soumith/ganhacks#36"],
    },
    TroubleInfo {
        trouble: Trouble::VanishingGradient,
        name: "vanishing-gradient",
        seen: "The generator stands still: its samples do not change.",
        of_samples: None,
        evidence: "The mean norm of the generator's gradient over a report's steps is below a \
                   hundredth of the largest of the run's first five reports, and 6 robust standard \
                   deviations (of their logarithms) below it; three reports in a row.",
        causes: &[
            Cause {
                what: "The minimax loss, whose gradient vanishes where the discriminator is sure",
                is_possible: |config| config.loss == Loss::Saturating,
            },
            Cause { what: "A saturated output or activation", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "The loss that does not saturate",
                flags: "--loss non-saturating",
                changes: |config| matches!(config.loss, Loss::Textbook | Loss::Saturating),
            },
            Cure {
                what: "Penalise the discriminator's gradient",
                flags: "--r1-gamma 1",
                changes: without_r1,
            },
        ],
        sources: &["Goodfellow et al. 2014, section 3", "Arjovsky and Bottou 2017"],
    },
    TroubleInfo {
        trouble: Trouble::ExplodingGradient,
        name: "exploding-gradient",
        seen: "Losses jump and the samples break up.",
        of_samples: None,
        evidence: "The mean norm of the generator's gradient over a report's steps is more than a \
                   hundred times the smallest of the run's first five reports, and 6 robust standard \
                   deviations (of its logarithm) above it; three reports in a row.",
        causes: &[
            Cause { what: "A critic of unbounded slope", is_possible: unconstrained_critic },
            Cause { what: "The learning rate is too large", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "Clip the norm of the gradients",
                flags: "--max-grad-norm 1",
                changes: |config| config.stabilisers.max_grad_norm.is_none(),
            },
            Cure {
                what: "Penalise the discriminator's gradient",
                flags: "--r1-gamma 1",
                changes: without_r1,
            },
        ],
        sources: &["Gulrajani et al. 2017", "NVlabs/stylegan3#71"],
    },
    TroubleInfo {
        trouble: Trouble::Oscillation,
        name: "oscillation",
        seen: "The losses go up and down at an even pace, and the samples with them.",
        of_samples: None,
        evidence: "The generator's loss over the last 32 reports, freed of its line and of its \
                   correlation from one to the next, has a period of 3 to 12 reports: a sine explains so \
                   much of it that noise would with p < 0.0001 (F test at the best period, Bonferroni); \
                   and the second half swings at least 0.6 times as much as the first.",
        causes: &[
            Cause {
                what: "Gradient descent circles the equilibrium instead of reaching it: unregularised GANs do",
                is_possible: without_r1,
            },
            Cause {
                what: "Momentum (Adam's beta 1 above 0.5)",
                is_possible: |config| config.generator_adam.beta_1 > 0.5,
            },
        ],
        cures: &[
            Cure {
                what: "Penalise the discriminator's gradient at real and at generated images",
                flags: "--r1-gamma 1 --r2-gamma 1",
                changes: without_r1,
            },
            Cure {
                what: "Less momentum",
                flags: "--beta-1 0",
                changes: |config| config.generator_adam.beta_1 > 0.0,
            },
        ],
        sources: &["Mescheder et al. 2018", "Goodfellow 2016, section 8.1"],
    },
    TroubleInfo {
        trouble: Trouble::Memorisation,
        name: "memorisation",
        seen: "Samples are copies of training images.",
        of_samples: Some("many are near copies of training images"),
        evidence: "At an evaluation, `authenticity` is more than 0.1 below that of held-out real \
                   images, or the `data_copying` statistic is below −3.",
        causes: &[
            Cause { what: "Too little data for so large a network", is_possible: always },
            Cause { what: "Too long a run", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "Augment what the discriminator sees",
                flags: "--augment-translation 0.125 --augment-cutout 0.5",
                changes: |config| config.stabilisers.augmentation.is_none(),
            },
            Cure { what: "Keep the best snapshot", flags: "--keep-best", changes: always },
        ],
        sources: &["Meehan et al. 2020", "Alaa et al. 2022", "Zhao et al. 2020 (DiffAugment)"],
    },
    TroubleInfo {
        trouble: Trouble::NoProgress,
        name: "no-progress",
        seen: "The run goes on, the samples do not get better.",
        of_samples: None,
        evidence: "None of the last 10 evaluations was better than the best before by 1 %, and they show \
                   no downward trend (Mann–Kendall, z above −1.64) or differ by less than 1 %.",
        causes: &[
            Cause { what: "The run is done", is_possible: always },
            Cause { what: "The learning rate is too large to get nearer", is_possible: always },
        ],
        cures: &[
            Cure {
                what: "Stop here and keep the best snapshot",
                flags: "--keep-best",
                changes: always,
            },
            Cure {
                what: "Average the generator's weights",
                flags: "--ema-half-life 10000",
                changes: |config| config.stabilisers.generator_ema.is_none(),
            },
        ],
        sources: &["Yazıcı et al. 2019", "lucidrains/lightweight-gan#66"],
    },
];

fn always(_: &TrainingConfig) -> bool {
    true
}

fn without_r1(config: &TrainingConfig) -> bool {
    config.penalties.r1_gamma.is_zero() && config.penalties.gradient_penalty.is_none()
}

fn unconstrained_critic(config: &TrainingConfig) -> bool {
    config.loss == Loss::Wasserstein && without_r1(config) && config.penalties.weight_clip.is_none()
}
