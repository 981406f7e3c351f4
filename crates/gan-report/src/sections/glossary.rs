//! What the metrics mean, for tooltips.

use gan_metrics::{Better, Metric};

/// What the metric called `name` says, and which way is better.
pub fn meaning(name: &str) -> String {
    let Some(metric) = Metric::named(name) else { return String::new() };
    let better = match metric.better {
        Better::Lower => "lower is better",
        Better::Higher => "higher is better",
        Better::NearZero => "best near 0",
        Better::AsBaseline => "best where real images have it",
    };
    let mut meaning = metric.meaning.to_owned();
    if let Some(first) = meaning.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{meaning}; {better}.")
}
