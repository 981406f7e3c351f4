//! The values of many steps, read off the device together.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::event::{NonFinite, Report};
use super::values::StepValues;
use crate::step::StepReport;

/// Sums since the last report, and reports that are still on the device.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    unread: Vec<StepReport>,
    sums: Sums,
    latest: StepValues,
    failed: Option<NonFinite>,
}

/// Sums of losses: a resumed run reports what an unbroken one would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sums {
    count: u64,
    d_loss: f64,
    g_loss: f64,
}

impl Tally {
    pub(crate) fn new(sums: Sums) -> Self {
        Self { sums, ..Self::default() }
    }

    pub(crate) fn push(&mut self, report: StepReport) {
        self.unread.push(report);
    }

    pub(crate) fn unread(&self) -> usize {
        self.unread.len()
    }

    /// Reads what is still on the device, in one go; the last report pushed is that of step `step`.
    /// Ends before the first step whose loss is not finite.
    pub(crate) fn read(&mut self, step: u64) -> Vec<StepValues> {
        let reports = std::mem::take(&mut self.unread);
        if self.failed.is_some() || reports.is_empty() {
            return Vec::new();
        }
        let first_step = step + 1 - reports.len() as u64;
        let sizes: Vec<Sizes> = reports.iter().map(Sizes::of).collect();
        let tensors =
            reports.into_iter().flat_map(|StepReport { discriminator: d, generator: g }| {
                let logits = [d.real_logits, d.fake_logits].map(|logits| logits.flatten(0, 1));
                [d.loss, g.loss, d.grad_norm, g.grad_norm].into_iter().chain(logits)
            });
        let data = Tensor::cat(tensors.collect(), 0).into_data();
        let numbers: Vec<f64> = data.iter::<f32>().map(f64::from).collect();
        let (mut rest, mut values) = (numbers.as_slice(), Vec::new());
        for (sizes, step) in sizes.into_iter().zip(first_step..) {
            let of_step;
            (of_step, rest) = rest.split_at(4 + sizes.real + sizes.fake);
            let of_step = step_values(step, of_step, sizes.real);
            for (name, value) in [("loss/d", of_step.d_loss), ("loss/g", of_step.g_loss)] {
                if !value.is_finite() {
                    self.failed = Some(NonFinite { step, name: name.to_owned(), value });
                    return values;
                }
            }
            self.sums.add(&of_step);
            self.latest = of_step;
            values.push(of_step);
        }
        values
    }

    /// The first loss that was not finite, of those that were read.
    pub(crate) fn failed(&self) -> Option<&NonFinite> {
        self.failed.as_ref()
    }

    /// Means of what was read since the last report.
    pub(crate) fn report(&self, step: u64, images_seen: u64) -> Report {
        let (d_loss, g_loss) = self.sums.means();
        Report { step, images_seen, d_loss, g_loss, latest: self.latest }
    }

    /// Starts new means; what was read so far has been reported.
    pub(crate) fn reset(&mut self) {
        self.sums = Sums::default();
    }

    pub(crate) fn sums(&self) -> Sums {
        self.sums
    }
}

impl Sums {
    fn add(&mut self, values: &StepValues) {
        self.count += 1;
        self.d_loss += values.d_loss;
        self.g_loss += values.g_loss;
    }

    /// Whether a run can have these sums after `step` steps.
    pub(crate) fn are_possible(&self, step: u64) -> bool {
        self.count <= step
    }

    fn means(&self) -> (f64, f64) {
        (self.d_loss / self.count as f64, self.g_loss / self.count as f64)
    }
}

/// Logits of a step.
#[derive(Clone, Copy)]
struct Sizes {
    real: usize,
    fake: usize,
}

impl Sizes {
    fn of(report: &StepReport) -> Self {
        let [real, _] = report.discriminator.real_logits.dims();
        let [fake, _] = report.discriminator.fake_logits.dims();
        Self { real, fake }
    }
}

/// From both losses, both norms, the logits of `real` real images and those of the generated ones.
fn step_values(step: u64, numbers: &[f64], real: usize) -> StepValues {
    let (first, logits) = numbers.split_at(4);
    let (reals, fakes) = logits.split_at(real);
    StepValues {
        step,
        d_loss: first[0],
        g_loss: first[1],
        d_grad_norm: first[2],
        g_grad_norm: first[3],
        real_logit: mean(reals, |logit| logit),
        fake_logit: mean(fakes, |logit| logit),
        real_probability: mean(reals, sigmoid),
        fake_probability: mean(fakes, sigmoid),
        real_accuracy: mean(reals, |logit| f64::from(logit > 0.0)),
        fake_accuracy: mean(fakes, |logit| f64::from(logit < 0.0)),
        pair_accuracy: {
            let right = reals.iter().zip(fakes).filter(|(real, fake)| real > fake).count();
            right as f64 / reals.len().min(fakes.len()) as f64
        },
    }
}

fn mean(logits: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    logits.iter().map(|&logit| of(logit)).sum::<f64>() / logits.len() as f64
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}
