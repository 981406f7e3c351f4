//! Events as lines for people: what the terminal shows and the log keeps.

use gan_training::{Evaluated, Event, Loss, Report, StepValues};

use crate::metric_table::number;

/// The line that says `event` of a run with `loss`, if it is one for people; `images_per_second` is
/// the speed since the last report.
pub fn line(event: &Event, loss: Loss, images_per_second: f64) -> Option<String> {
    match event {
        Event::Report(report) => Some(of_report(report, loss, images_per_second)),
        Event::Evaluated(evaluated) => Some(of_evaluation(evaluated)),
        Event::Note { text, .. } => Some(text.clone()),
        // What to try is said once, at the end.
        Event::Alarm(alarm) => {
            Some(format!("step {:>6}  {}: {}", alarm.step, alarm.trouble, alarm.message))
        }
        Event::RolledBack { from_step, step } => {
            Some(format!("step {from_step:>6}  back to the checkpoint of step {step}"))
        }
        Event::ObserverFailed { observer, error, ends_run: false, .. } => {
            Some(format!("{observer}: {error}; the run goes on without it"))
        }
        _ => None,
    }
}

/// `D(x) 0.498  D(G(z)) 0.501`, or what else can be read of the logits.
pub fn readings(values: &StepValues, loss: Loss, digits: usize, between: &str) -> String {
    let readings = values.readings(&loss).into_iter();
    let readings = readings.map(|(name, value)| format!("{name} {value:.digits$}"));
    readings.collect::<Vec<_>>().join(between)
}

fn of_report(report: &Report, loss: Loss, images_per_second: f64) -> String {
    let Report { step, d_loss, g_loss, latest, .. } = report;
    format!(
        "step {step:>6}  loss D {d_loss:.4}  G {g_loss:.4}  {}  {images_per_second:.0} images/s",
        readings(latest, loss, 3, "  ")
    )
}

fn of_evaluation(evaluated: &Evaluated) -> String {
    let Evaluated { step, metric, value, baseline, is_best, remark, .. } = evaluated;
    let Some(value) = value else {
        let why = remark.as_deref().unwrap_or("no reason given");
        return format!("step {step:>6}  {metric} has no answer: {why}");
    };
    let baseline = baseline.map(|baseline| format!("baseline {}", number(baseline)));
    let best = is_best.then(|| "best so far".to_owned());
    let notes: Vec<String> = baseline.into_iter().chain(best).collect();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("step {step:>6}  {metric} {}{notes}", number(*value))
}
