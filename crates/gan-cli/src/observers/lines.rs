//! Events as lines for people: what the terminal shows and the log keeps.

use gan_training::{Evaluated, Event, Report};

use crate::metric_table::number;

/// The line that says `event`, if it is one for people; `images_per_second` is the speed since the last
/// report.
pub fn line(event: &Event, images_per_second: f64) -> Option<String> {
    match event {
        Event::Report(report) => Some(of_report(report, images_per_second)),
        Event::Evaluated(evaluated) => Some(of_evaluation(evaluated)),
        Event::Note { text, .. } => Some(text.clone()),
        Event::Alarm(alarm) => {
            let advice = alarm.advice.as_deref().map(|advice| format!("; {advice}"));
            let advice = advice.unwrap_or_default();
            Some(format!("step {:>6}  {}: {}{advice}", alarm.step, alarm.trouble, alarm.message))
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

fn of_report(report: &Report, images_per_second: f64) -> String {
    let Report { step, d_loss, g_loss, latest, .. } = report;
    format!(
        "step {step:>6}  loss D {d_loss:.4}  G {g_loss:.4}  D(x) {:.3}  D(G(z)) {:.3}  \
         {images_per_second:.0} images/s",
        latest.real_probability, latest.fake_probability
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
