//! How long a step takes, honestly: after a warm-up, with the device waited for.

use std::time::{Duration, Instant};

use burn::tensor::Device;
use gan_training::Trainer;

use crate::failure::Failure;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct StepTime {
    /// Median of the milliseconds a step.
    pub median_ms: f64,
    /// A quarter of the measurements took less.
    pub lower_quartile_ms: f64,
    /// A quarter of the measurements took more.
    pub upper_quartile_ms: f64,
    /// Steps measured.
    pub steps: u64,
}

/// Measures steps of `trainer` for about `time`, at least three of them after at least two to warm
/// up (the first steps compile and tune kernels).
pub fn measure(
    trainer: &mut Trainer,
    device: &Device,
    time: Duration,
) -> Result<StepTime, Failure> {
    let mut one_step = || -> Result<f64, Failure> {
        let start = Instant::now();
        trainer.advance().map_err(|error| Failure::new(error.to_string()))?;
        device.sync().map_err(|error| Failure::new(format!("the device failed: {error:?}")))?;
        let elapsed = start.elapsed();
        // The losses are of no interest here, but must not pile up.
        if trainer.unread_steps() >= 100 {
            trainer.report().map_err(|error| Failure::not_finite(error.to_string()))?;
        }
        Ok(elapsed.as_secs_f64() * 1e3)
    };
    let warm_up = Instant::now();
    for warmed_up in 0.. {
        if warmed_up >= 2 && warm_up.elapsed() >= time / 5 {
            break;
        }
        one_step()?;
    }
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.len() < 3 || start.elapsed() < time {
        times.push(one_step()?);
    }
    times.sort_by(f64::total_cmp);
    let quantile = |share: usize| times[(times.len() - 1) * share / 4];
    Ok(StepTime {
        median_ms: quantile(2),
        lower_quartile_ms: quantile(1),
        upper_quartile_ms: quantile(3),
        steps: times.len() as u64,
    })
}
