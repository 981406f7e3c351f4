//! Oracles: whether an image keeps the rule that a synthetic set was drawn by.
//!
//! An oracle reads one grey image and is exact: nothing in it is trained. It has three verdicts, as
//! in CountHalluSet (2025), which keep "the wrong number of dots" apart from "no dots at all". Its
//! thresholds stand in its file, each with what real images and damaged ones measure there.

mod boxes;
mod dots;
mod picture;
mod polygons;
mod shapes;

use serde::{Deserialize, Serialize};

pub use boxes::{BoxReading, read_box};
pub use dots::{DotsReading, read_dots};
pub use picture::GreyImage;
pub use polygons::{Figure, PolygonReading, read_polygon};
pub use shapes::{Shape, ShapesReading, read_shapes};

use crate::confidence::{Estimate, Halves, Resampling};
use crate::error::MetricError;

/// What an oracle says of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It keeps the rule.
    Right,
    /// It can be read, and breaks the rule: another count, another place, another perspective.
    Wrong,
    /// It is no image of the kind.
    Unreadable,
}

/// The rule that every image of a synthetic set keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scene {
    /// Separate dots, from `least` to `most` of them.
    Dots {
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// At most one triangle, square and pentagon, each in its third of the image; at least one.
    Shapes,
    /// One filled convex polygon of three to six corners.
    Polygon,
    /// An open box in one-point perspective.
    Box {
        /// Whether the vanishing point must be the middle of the image.
        centred: bool,
    },
}

/// How often a set of images keeps its rule.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneScore {
    /// Fraction of images that keep it.
    pub right: Estimate,
    /// Fraction that can be read and break it.
    pub wrong: Estimate,
    /// Fraction that cannot be read.
    pub unreadable: Estimate,
}

impl Scene {
    /// The rule in the words of the data file: `dots 1-12`, `shapes`, `polygons`, `boxes`,
    /// `boxes centred`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "shapes" => Self::Shapes,
            "polygons" => Self::Polygon,
            "boxes" => Self::Box { centred: false },
            "boxes centred" => Self::Box { centred: true },
            _ => {
                let (least, most) = text.strip_prefix("dots ")?.split_once('-')?;
                let (least, most) = (least.parse().ok()?, most.parse().ok()?);
                (least <= most).then_some(Self::Dots { least, most })?
            }
        })
    }

    /// Whether `image` keeps the rule.
    #[must_use]
    pub fn verdict(self, image: GreyImage) -> Verdict {
        match self {
            Self::Dots { least, most } => match read_dots(image) {
                DotsReading::Dots(count) if (least..=most).contains(&count) => Verdict::Right,
                DotsReading::Dots(_) => Verdict::Wrong,
                DotsReading::Unreadable => Verdict::Unreadable,
            },
            Self::Shapes => match read_shapes(image) {
                ShapesReading::Shapes(shapes) if shapes::keep_rule(&shapes) => Verdict::Right,
                ShapesReading::Shapes(_) => Verdict::Wrong,
                ShapesReading::Unreadable => Verdict::Unreadable,
            },
            Self::Polygon => match read_polygon(image) {
                PolygonReading::Figure(figure) if figure.keeps_rule() => Verdict::Right,
                PolygonReading::Figure(_) => Verdict::Wrong,
                PolygonReading::Unreadable => Verdict::Unreadable,
            },
            Self::Box { centred } => match read_box(image) {
                BoxReading::Box { residual, point }
                    if boxes::keeps_rule(residual, point, centred) =>
                {
                    Verdict::Right
                }
                BoxReading::Box { .. } => Verdict::Wrong,
                BoxReading::Unreadable => Verdict::Unreadable,
            },
        }
    }

    /// How often the images whose verdicts these are keep the rule.
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`] below 2 images.
    pub fn score(verdicts: &[Verdict], resampling: Resampling) -> Result<SceneScore, MetricError> {
        MetricError::unless_enough("the verdict of an oracle", "the set", verdicts.len(), 2)?;
        let halves = Halves::draw(verdicts.len(), resampling, 7);
        let fraction = |wanted: Verdict| {
            let bits: Vec<u64> =
                verdicts.iter().map(|&v| if v == wanted { u64::MAX } else { 0 }).collect();
            Estimate::share(&halves.shares(&bits), verdicts.len())
        };
        Ok(SceneScore {
            right: fraction(Verdict::Right),
            wrong: fraction(Verdict::Wrong),
            unreadable: fraction(Verdict::Unreadable),
        })
    }
}

impl SceneScore {
    /// The fraction of images with this verdict.
    #[must_use]
    pub fn of(self, verdict: Verdict) -> Estimate {
        match verdict {
            Verdict::Right => self.right,
            Verdict::Wrong => self.wrong,
            Verdict::Unreadable => self.unreadable,
        }
    }
}
