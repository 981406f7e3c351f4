//! The kinds of runs of both libraries, and the troubles that they have.

/// Runs that differ in their seed alone.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// A synthetic set, or none for MNIST.
    pub(super) data: Option<&'static str>,
    pub(super) flags: &'static [&'static str],
    /// Troubles that the flags bring about.
    pub(super) must: &'static [&'static str],
    /// Troubles that may come with them: seeing them is neither right nor wrong.
    pub(super) may: &'static [&'static str],
    pub(super) seeds: std::ops::Range<u64>,
}

/// Small networks on points of the plane.
const POINTS: &str = "--preset points --hidden 48,48 --batch-size 48 --steps 2000 --report-every 40 \
     --samples-every 200 --snapshot-every 0 --checkpoint-every 0 --evaluate-every 2000 \
     --metric diversity_points_500";
/// Small networks on MNIST, whose digits are counted at the end.
const DIGITS: &str = "--hidden 64 --batch-size 32 --steps 2000 --report-every 40 --samples-every 200 \
     --snapshot-every 1000 --checkpoint-every 0 --evaluate-every 2000 --metric rarest_class_mnistcnn_1k";
/// The same of other depth and activation.
const OTHER_DIGITS: &str = "--hidden 48,48 --activation leaky-relu --batch-size 24 --steps 1500 \
     --report-every 30 --samples-every 250 --snapshot-every 750 --checkpoint-every 0 \
     --evaluate-every 1500 --metric rarest_class_mnistcnn_1k";
/// Points with other networks.
const OTHER_POINTS: &str = "--preset points --hidden 32,32,32 --batch-size 32 --steps 1500 --ema-half-life 4000 \
     --report-every 30 --samples-every 250 --snapshot-every 0 --checkpoint-every 0 \
     --evaluate-every 1500 --metric diversity_points_500";
/// Images that are no digits.
const SCENES: &str = "--hidden 64 --batch-size 24 --steps 1500 --report-every 30 --samples-every 250 \
     --snapshot-every 0 --checkpoint-every 0 --evaluate-every 1500 --metric diversity_pixels_200";
/// Evaluations all along, of the distance.
const WATCHED: &str = "--evaluate-every 100 --metric fd_points_500";
/// Nothing holds the discriminator back.
const FREE: &str = "--r1-gamma 0 --r2-gamma 0";
/// The same, and momentum.
const SWINGING: &str = "--r1-gamma 0 --r2-gamma 0 --beta-1 0.9";

const NONE: &[&str] = &[];
const OF_A_WON_GAME: &[&str] = &["mode-collapse", "missing-class", "vanishing-gradient"];
const OF_A_WILD_GAME: &[&str] = &[
    "mode-collapse",
    "missing-class",
    "oscillation",
    "discriminator-saturation",
    "vanishing-gradient",
    "exploding-gradient",
    "non-finite",
];

/// What thresholds were set on.
pub(super) const TUNING: &[Kind] = &[
    Kind { name: "ring", data: Some("ring"), flags: &[POINTS], must: NONE, may: NONE, seeds: 0..8 },
    Kind {
        name: "digits of mlp",
        data: None,
        flags: &["--preset mlp", DIGITS],
        must: NONE,
        may: &["mode-collapse"],
        seeds: 0..4,
    },
    Kind {
        name: "NaN of the textbook",
        data: None,
        flags: &[DIGITS, "--loss textbook --learning-rate 0.1"],
        must: &["non-finite"],
        may: OF_A_WILD_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "digits, generator left behind",
        data: None,
        flags: &[DIGITS, "--learning-rate-g 1e-6"],
        must: &["discriminator-saturation"],
        may: OF_A_WON_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "digits, saturating",
        data: None,
        flags: &[DIGITS, "--loss saturating --learning-rate-g 1e-5"],
        must: &["vanishing-gradient", "discriminator-saturation"],
        may: &["mode-collapse"],
        seeds: 0..3,
    },
    Kind {
        name: "ring, unbounded critic",
        data: Some("ring"),
        flags: &[
            POINTS,
            FREE,
            "--loss wasserstein --learning-rate 0.003 --hidden-g 16 --hidden-d 48,48,48",
        ],
        must: &["exploding-gradient"],
        may: OF_A_WILD_GAME,
        seeds: 0..4,
    },
    Kind {
        name: "ring, momentum",
        data: Some("ring"),
        flags: &[POINTS, SWINGING, "--loss non-saturating --learning-rate 0.002"],
        must: &["mode-collapse"],
        may: &["oscillation"],
        seeds: 0..4,
    },
    Kind {
        name: "ring, hinge, small networks",
        data: Some("ring"),
        flags: &[POINTS, SWINGING, "--loss hinge --learning-rate 0.001 --hidden 8"],
        must: &["oscillation"],
        may: &["mode-collapse"],
        seeds: 0..5,
    },
    Kind {
        name: "ring, watched",
        data: Some("ring"),
        flags: &[POINTS, WATCHED],
        must: NONE,
        may: NONE,
        seeds: 20..24,
    },
    Kind {
        name: "ring, at a standstill",
        data: Some("ring"),
        flags: &[POINTS, WATCHED, "--learning-rate 1e-9"],
        must: &["no-progress"],
        may: OF_A_WON_GAME,
        seeds: 0..4,
    },
];

/// What rates are told of.
pub(super) const HELD_OUT: &[Kind] = &[
    Kind {
        name: "digits of mlp, hinge",
        data: None,
        flags: &["--preset mlp", OTHER_DIGITS, "--loss hinge"],
        must: NONE,
        may: &["mode-collapse"],
        seeds: 100..104,
    },
    Kind {
        name: "dots of mlp",
        data: Some("dots-six"),
        flags: &["--preset mlp", SCENES],
        must: NONE,
        may: NONE,
        seeds: 100..104,
    },
    Kind {
        name: "dots, NaN of the textbook",
        data: Some("dots-six"),
        flags: &[SCENES, "--loss textbook --learning-rate 0.2"],
        must: &["non-finite"],
        may: OF_A_WILD_GAME,
        seeds: 100..104,
    },
    Kind {
        name: "polygons, generator left behind",
        data: Some("polygons"),
        flags: &[SCENES, "--learning-rate-g 1e-6 --beta-1 0.5"],
        must: &["discriminator-saturation"],
        may: OF_A_WON_GAME,
        seeds: 100..104,
    },
    Kind {
        name: "dots, saturating",
        data: Some("dots-six"),
        flags: &[SCENES, "--loss saturating --learning-rate-g 1e-5"],
        must: &["vanishing-gradient", "discriminator-saturation"],
        may: &["mode-collapse"],
        seeds: 100..104,
    },
    Kind {
        name: "grid, unbounded critic",
        data: Some("grid"),
        flags: &[
            OTHER_POINTS,
            FREE,
            "--loss wasserstein --learning-rate 0.002 --hidden-g 24 --hidden-d 64,64,64,64",
        ],
        must: &["exploding-gradient"],
        may: OF_A_WILD_GAME,
        seeds: 200..204,
    },
    Kind {
        name: "grid, momentum",
        data: Some("grid"),
        flags: &[OTHER_POINTS, SWINGING, "--loss non-saturating --learning-rate 0.002"],
        must: &["mode-collapse"],
        may: &["oscillation"],
        seeds: 200..204,
    },
    Kind {
        name: "ring, clipped critic",
        data: Some("ring"),
        flags: &[
            OTHER_POINTS,
            SWINGING,
            "--loss wasserstein --weight-clip 0.3 --learning-rate 0.001 --hidden 8",
        ],
        must: &["oscillation"],
        may: &["mode-collapse"],
        seeds: 200..204,
    },
    Kind {
        name: "digits of the tutorial",
        data: None,
        flags: &[OTHER_DIGITS],
        must: NONE,
        may: &["mode-collapse", "discriminator-saturation"],
        seeds: 100..104,
    },
    Kind {
        name: "grid, watched",
        data: Some("grid"),
        flags: &[OTHER_POINTS, WATCHED],
        must: NONE,
        may: NONE,
        seeds: 220..224,
    },
    Kind {
        name: "grid, at a standstill",
        data: Some("grid"),
        flags: &[OTHER_POINTS, WATCHED, "--learning-rate 1e-9"],
        must: &["no-progress"],
        may: OF_A_WON_GAME,
        seeds: 200..204,
    },
    Kind {
        name: "grid",
        data: Some("grid"),
        flags: &[OTHER_POINTS],
        must: NONE,
        may: NONE,
        seeds: 200..220,
    },
];
