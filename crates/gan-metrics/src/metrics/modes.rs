//! Data whose modes are known: Stacked MNIST and mixtures of Gaussians in the plane.

use crate::confidence::{Estimate, Halves, Resampling};
use crate::error::MetricError;
use crate::features::Features;
use crate::metrics::categories::{CategoryData, category_report, uniform_shares};

/// Number of modes of Stacked MNIST: three digits.
pub const STACKED_MODES: usize = 1000;

/// Which mode each sample belongs to, of data with so many equally likely modes.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeHits {
    /// The mode of each sample.
    pub nearest: Vec<usize>,
    /// Whether it is of high quality: near enough to the mode to count as a hit. None where every
    /// sample counts.
    pub is_near: Option<Vec<bool>>,
    /// Number of modes.
    pub modes: usize,
}

/// How samples fare on data whose modes are known.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeScore {
    /// Modes with at least one hit. A count of what was seen has no interval.
    pub modes: Estimate,
    /// The fraction of hits, where not every sample is one.
    pub high_quality: Option<Estimate>,
    /// `KL(samples ‖ uniform)` in nats, each sample counted for its mode.
    pub reverse_kl: Estimate,
}

impl ModeHits {
    /// The mode of each image of Stacked MNIST, from the digits of its three channels; 26,000
    /// samples are usual, and even perfect ones are at a reverse KL of about 0.019.
    ///
    /// # Errors
    /// [`MetricError::UnknownClass`] for a digit above 9.
    pub fn of_stacked_digits(digits: &[[usize; 3]]) -> Result<Self, MetricError> {
        let mode = |(row, digits): (usize, &[usize; 3])| {
            if let Some(&class) = digits.iter().find(|&&digit| digit > 9) {
                return Err(MetricError::UnknownClass { row, class, classes: 10 });
            }
            Ok(digits[0] * 100 + digits[1] * 10 + digits[2])
        };
        let nearest = digits.iter().enumerate().map(mode).collect::<Result<_, _>>()?;
        Ok(Self { nearest, is_near: None, modes: STACKED_MODES })
    }

    /// The samples at `indices`.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        Self {
            nearest: indices.iter().map(|&index| self.nearest[index]).collect(),
            is_near: self
                .is_near
                .as_ref()
                .map(|near| indices.iter().map(|&index| near[index]).collect()),
            modes: self.modes,
        }
    }

    /// How they fare.
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`] below 2 samples.
    pub fn score(&self, resampling: Resampling) -> Result<ModeScore, MetricError> {
        let Self { nearest, is_near, modes } = self;
        MetricError::unless_enough("the score of modes", "the set", nearest.len(), 2)?;
        let is_hit = |index: usize| is_near.as_ref().is_none_or(|is_near| is_near[index]);
        let mut hit = vec![false; *modes];
        (0..nearest.len()).filter(|&index| is_hit(index)).for_each(|i| hit[nearest[i]] = true);
        let hits: Vec<u64> =
            (0..nearest.len()).map(|index| if is_hit(index) { u64::MAX } else { 0 }).collect();
        let halves = Halves::draw(nearest.len(), resampling, 2);
        let high_quality = Estimate::share(&halves.shares(&hits), nearest.len());
        let uniform = uniform_shares(*modes);
        let report = category_report(nearest, CategoryData::Shares(&uniform), resampling)?;
        Ok(ModeScore {
            modes: Estimate::exact(hit.iter().filter(|&&hit| hit).count() as f64),
            high_quality: is_near.is_some().then_some(high_quality),
            reverse_kl: report.reverse_kl,
        })
    }
}

/// A mixture of equally likely round Gaussians in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Where the Gaussians are.
    pub centres: Vec<[f64; 2]>,
    /// The standard deviation of each in each direction.
    pub sigma: f64,
}

impl Mixture {
    /// Eight Gaussians of standard deviation 0.01 on a circle of radius 1, as in VEEGAN (Srivastava
    /// et al. 2017) and PacGAN (Lin et al. 2018).
    #[must_use]
    pub fn ring() -> Self {
        let centre = |mode: u32| {
            let angle = std::f64::consts::TAU * f64::from(mode) / 8.0;
            [angle.cos(), angle.sin()]
        };
        Self { centres: (0..8).map(centre).collect(), sigma: 0.01 }
    }

    /// 25 Gaussians of standard deviation 0.05 at `{-4, -2, 0, 2, 4}²`, as in the same papers.
    #[must_use]
    pub fn grid() -> Self {
        let places = [-4.0, -2.0, 0.0, 2.0, 4.0];
        let centres = places.iter().flat_map(|&x| places.map(|y| [x, y])).collect();
        Self { centres, sigma: 0.05 }
    }

    /// The modes of `samples` (`[count, 2]`; 2,500 are usual): a hit lies within three standard
    /// deviations of the nearest centre. Of a perfect sampler's 98.89 % do; more means that samples
    /// crowd at the centres.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`], [`MetricError::Setting`] for a mixture of nothing.
    pub fn hits(&self, samples: &Features) -> Result<ModeHits, MetricError> {
        MetricError::unless_same_dim("the set", samples.dim(), 2)?;
        if self.centres.is_empty() {
            let rule = "a mixture needs at least one";
            return Err(MetricError::Setting { name: "the number of centres", value: 0.0, rule });
        }
        let found: Vec<(usize, f64)> =
            (0..samples.len()).map(|row| self.nearest(samples.row(row))).collect();
        let radius = (3.0 * self.sigma).powi(2);
        Ok(ModeHits {
            nearest: found.iter().map(|&(mode, _)| mode).collect(),
            is_near: Some(found.iter().map(|&(_, squared)| squared <= radius).collect()),
            modes: self.centres.len(),
        })
    }

    /// The nearest centre and the squared distance to it.
    fn nearest(&self, point: &[f32]) -> (usize, f64) {
        let (x, y) = (f64::from(point[0]), f64::from(point[1]));
        let distances = self.centres.iter().map(|c| (c[0] - x).powi(2) + (c[1] - y).powi(2));
        let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.expect("a mixture has centres")
    }
}
