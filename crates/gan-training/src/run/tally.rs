//! The losses of many steps, read off the device together.

use burn::tensor::{Tensor, activation::sigmoid};
use serde::{Deserialize, Serialize};

use crate::StepReport;

/// A loss that is NaN or infinite, and the first step that had it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} is {value} at step {step}")]
pub struct NonFinite {
    /// The first step with such a loss, counted from 1.
    pub step: u64,
    /// `loss/d` or `loss/g`; `weights` where the losses were finite and the weights not.
    pub name: &'static str,
    /// The loss.
    pub value: f64,
}

/// How the two networks fare.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// The discriminator's loss, mean over the steps since the last report.
    pub d_loss: f64,
    /// The generator's loss, mean over the steps since the last report.
    pub g_loss: f64,
    /// D(x): mean probability of "real" for the real images of the latest step.
    pub d_real: f64,
    /// D(G(z)): mean probability of "real" for the generated images of the latest step.
    pub d_fake: f64,
}

/// Sums since the last report, and reports that are still on the device.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    unread: Vec<StepReport>,
    sums: Sums,
    latest: Losses,
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

    /// Reads what is still on the device; the last report pushed is that of step `step`. Once a
    /// loss was not finite, this stays the answer.
    pub(crate) fn read(&mut self, step: u64) -> Result<Losses, NonFinite> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let reports = std::mem::take(&mut self.unread);
        let Some(last) = reports.last() else { return Ok(self.latest) };
        let d_real = mean_probability(last.real_logits.clone());
        let d_fake = mean_probability(last.fake_logits.clone());
        let first_step = step + 1 - reports.len() as u64;
        let losses = reports.into_iter().flat_map(|report| [report.d_loss, report.g_loss]);
        let values = Tensor::cat(losses.collect(), 0).into_data();
        let values = values.iter::<f32>().map(f64::from).collect::<Vec<f64>>();
        for (pair, step) in values.chunks_exact(2).zip(first_step..) {
            for (&value, name) in pair.iter().zip(["loss/d", "loss/g"]) {
                if !value.is_finite() {
                    let failed = NonFinite { step, name, value };
                    self.failed = Some(failed.clone());
                    return Err(failed);
                }
            }
            self.sums.add(pair[0], pair[1]);
        }
        let (d_loss, g_loss) = self.sums.means();
        self.latest = Losses { d_loss, g_loss, d_real, d_fake };
        Ok(self.latest)
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
    fn add(&mut self, d_loss: f64, g_loss: f64) {
        self.count += 1;
        self.d_loss += d_loss;
        self.g_loss += g_loss;
    }

    /// Whether a run can have these sums after `step` steps.
    pub(crate) fn are_possible(&self, step: u64) -> bool {
        self.count <= step
    }

    fn means(&self) -> (f64, f64) {
        (self.d_loss / self.count as f64, self.g_loss / self.count as f64)
    }
}

fn mean_probability(logits: Tensor<2>) -> f64 {
    f64::from(sigmoid(logits).mean().into_scalar::<f32>())
}
