//! What happened in a run, as a table and as marks on its curves.

use gan_run::EventLine;
use gan_training::{ClassCounts, Ending, Event};
use serde::Serialize;

use crate::prose;
use crate::sections::metrics::Class;

/// Rows of a page, the latest ones: alarms of a run that goes wrong are many.
const MAX_ROWS: usize = 200;

/// A row.
pub struct Happening {
    /// Steps taken.
    pub step: u64,
    /// Whether it is a reason to worry.
    pub is_trouble: bool,
    /// What happened, with commands in backticks.
    pub text: String,
}

impl Happening {
    /// What happened, as HTML.
    pub fn html(&self) -> String {
        prose::html(&self.text)
    }
}

/// A step that a curve is marked at.
#[derive(Debug, Serialize)]
pub struct Mark {
    step: u64,
    text: String,
}

/// What happened, in order.
pub fn happenings(events: &[EventLine]) -> Vec<Happening> {
    let all: Vec<Happening> = events.iter().filter_map(|line| happening(&line.event)).collect();
    let first = all.len().saturating_sub(MAX_ROWS);
    all.into_iter().skip(first).collect()
}

/// The troubles among them.
pub fn marks(events: &[EventLine]) -> Vec<Mark> {
    let troubles = happenings(events).into_iter().filter(|happening| happening.is_trouble);
    troubles.map(|Happening { step, text, .. }| Mark { step, text: prose::plain(&text) }).collect()
}

/// The classes of samples as the guard counted them last, with the fractions of the data.
pub fn classes(events: &[EventLine], names: Option<&[String]>) -> Vec<Class> {
    let counted = events.iter().rev().find_map(|line| match &line.event {
        Event::ClassCounts(counts) => Some(counts),
        _ => None,
    });
    let Some(ClassCounts { counts, of_data, .. }) = counted else { return Vec::new() };
    let total = counts.iter().sum::<u64>().max(1) as f64;
    let class = |(class, count): (usize, &u64)| Class {
        name: names
            .and_then(|names| names.get(class))
            .cloned()
            .unwrap_or_else(|| class.to_string()),
        percent: 100.0 * *count as f64 / total,
        baseline: of_data.get(class).map(|fraction| 100.0 * fraction),
    };
    counts.iter().enumerate().map(class).collect()
}

/// How long the run has taken, in seconds; pauses between its parts left out.
pub fn duration(events: &[EventLine]) -> f64 {
    let mut total = 0.0;
    let mut begun = None;
    let mut last = 0.0;
    for EventLine { time, event } in events {
        if matches!(event, Event::Begun { .. }) {
            total += begun.map_or(0.0, |begun: f64| last - begun);
            begun = Some(*time);
        }
        last = *time;
    }
    total + begun.map_or(0.0, |begun| last - begun)
}

fn happening(event: &Event) -> Option<Happening> {
    let calm = |step: u64, text: String| Some(Happening { step, is_trouble: false, text });
    let trouble = |step: u64, text: String| Some(Happening { step, is_trouble: true, text });
    match event {
        Event::Begun { step: 0, .. } => calm(0, "begun".to_owned()),
        Event::Begun { step, .. } => calm(*step, "resumed".to_owned()),
        Event::Note { step, text } => calm(*step, text.clone()),
        Event::Alarm(alarm) => {
            let advice = alarm.advice.as_deref().map(|advice| format!(". What to try: {advice}"));
            let advice = advice.unwrap_or_default();
            trouble(alarm.step, format!("{}: {}{advice}", alarm.trouble, alarm.message))
        }
        Event::NonFinite(error) => trouble(error.step, error.to_string()),
        Event::RolledBack { from_step, step } => {
            trouble(*from_step, format!("back to the checkpoint of step {step}"))
        }
        Event::ObserverFailed { step, observer, error, .. } => {
            trouble(*step, format!("{observer}: {error}"))
        }
        Event::Ended { step, ending } => {
            let text = match ending {
                Ending::Finished => "finished",
                Ending::Stopped => "stopped, everything saved",
                Ending::NonFinite => "ended: a loss or a weight was not finite",
                Ending::Failed => "ended: something it cannot do without failed",
            };
            calm(*step, text.to_owned())
        }
        _ => None,
    }
}
