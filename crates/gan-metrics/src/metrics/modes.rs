//! Data whose modes are known: Stacked MNIST and mixtures of Gaussians in the plane.

use crate::categories::{category_report, uniform_shares};
use crate::interval::Halves;
use crate::{Estimate, Features, MetricError, Resampling};

/// Number of modes of Stacked MNIST: three digits.
pub const STACKED_MODES: usize = 1000;

/// The mode of each image of Stacked MNIST, from the digits of its three channels. What the modes
/// make is for [`category_report`], with [`uniform_shares`] of [`STACKED_MODES`] or the data's own
/// shares; 26,000 samples are usual, and even perfect ones are at a reverse KL of about 0.019.
///
/// # Errors
/// [`MetricError::UnknownClass`] for a digit above 9.
pub fn stacked_modes(digits: &[[usize; 3]]) -> Result<Vec<usize>, MetricError> {
    let mode = |(row, digits): (usize, &[usize; 3])| {
        if let Some(&class) = digits.iter().find(|&&digit| digit > 9) {
            return Err(MetricError::UnknownClass { row, class, classes: 10 });
        }
        Ok(digits[0] * 100 + digits[1] * 10 + digits[2])
    };
    digits.iter().enumerate().map(mode).collect()
}

/// A mixture of equally likely round Gaussians in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Where the Gaussians are.
    pub centres: Vec<[f64; 2]>,
    /// The standard deviation of each in each direction.
    pub sigma: f64,
}

/// How samples of a [`Mixture`] fare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixtureScore {
    /// Gaussians with at least one sample of high quality.
    pub modes: Estimate,
    /// The share of samples within three standard deviations of the nearest centre. A perfect
    /// sampler has 98.89 %; more means that samples crowd at the centres.
    pub high_quality: Estimate,
    /// `KL(samples ‖ uniform)` in nats, each sample counted for the nearest centre.
    pub reverse_kl: Estimate,
}

impl Mixture {
    /// Eight Gaussians of deviation 0.01 on a circle of radius 1, as in VEEGAN (Srivastava et al.
    /// 2017) and PacGAN (Lin et al. 2018).
    #[must_use]
    pub fn ring() -> Self {
        let centre = |mode: u32| {
            let angle = std::f64::consts::TAU * f64::from(mode) / 8.0;
            [angle.cos(), angle.sin()]
        };
        Self { centres: (0..8).map(centre).collect(), sigma: 0.01 }
    }

    /// 25 Gaussians of deviation 0.05 at `{-4, -2, 0, 2, 4}²`, as in the same papers.
    #[must_use]
    pub fn grid() -> Self {
        let places = [-4.0, -2.0, 0.0, 2.0, 4.0];
        let centres = places.iter().flat_map(|&x| places.map(|y| [x, y])).collect();
        Self { centres, sigma: 0.05 }
    }

    /// How `samples` (`[count, 2]`) fare; 2,500 are usual.
    ///
    /// # Errors
    /// [`MetricError::Dimensions`], [`MetricError::TooFewSamples`] below 2 samples,
    /// [`MetricError::Setting`] for a mixture of nothing.
    pub fn score(
        &self,
        samples: &Features,
        resampling: Resampling,
    ) -> Result<MixtureScore, MetricError> {
        MetricError::unless_same_dim("the set", samples.dim(), 2)?;
        if self.centres.is_empty() {
            let rule = "a mixture needs at least one";
            return Err(MetricError::Setting { name: "the number of centres", value: 0.0, rule });
        }
        MetricError::unless_enough("the score of a mixture", "the set", samples.len(), 2)?;
        let nearest: Vec<(usize, f64)> =
            (0..samples.len()).map(|row| self.nearest(samples.row(row))).collect();
        let reach = (3.0 * self.sigma).powi(2);
        let good = |index: usize| nearest[index].1 <= reach;
        let halves = Halves::draw(samples.len(), resampling, 6);
        let modes_hit = |set| {
            let mut hit = vec![false; self.centres.len()];
            let members = halves.indices(set);
            members.iter().filter(|&&i| good(i)).for_each(|&i| hit[nearest[i].0] = true);
            hit.iter().filter(|&&hit| hit).count() as f64
        };
        let modes: Vec<f64> = (0..halves.sets).map(modes_hit).collect();
        let good: Vec<u64> =
            (0..samples.len()).map(|index| if good(index) { u64::MAX } else { 0 }).collect();
        let modes_of: Vec<usize> = nearest.iter().map(|&(mode, _)| mode).collect();
        let report = category_report(&modes_of, &uniform_shares(self.centres.len()), resampling)?;
        Ok(MixtureScore {
            modes: Estimate::from_sets(&modes).within(0.0, self.centres.len() as f64),
            high_quality: Estimate::from_sets(&halves.shares(&good)).within(0.0, 1.0),
            reverse_kl: report.reverse_kl,
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
