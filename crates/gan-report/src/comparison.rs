//! Metrics of several subjects side by side.

/// What `gan compare` found.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What was measured, in the order of the columns.
    pub subjects: Vec<String>,
    /// A row for each metric.
    pub metrics: Vec<ComparedMetric>,
    /// What the numbers mean.
    pub about: String,
}

/// A metric of all subjects.
#[derive(Clone, Debug)]
pub struct ComparedMetric {
    /// Metric, extractor and samples: `fd_mnistcnn_10k`.
    pub name: String,
    /// The metric alone: `fd`.
    pub metric: String,
    /// Each subject's value: `78.24 ± 1.31`.
    pub values: Vec<String>,
    /// The same of as many other real images.
    pub baseline: String,
    /// Which differences are significant.
    pub verdict: String,
}

/// As the page shows it.
pub(crate) struct Table {
    pub subjects: Vec<(char, String)>,
    pub rows: Vec<(ComparedMetric, String)>,
    /// HTML.
    pub about: String,
}

impl Table {
    pub fn of(comparison: &Comparison) -> Self {
        let Comparison { subjects, metrics, about } = comparison.clone();
        let with_meaning = |metric: ComparedMetric| {
            let meaning = crate::sections::glossary::meaning(&metric.metric);
            (metric, meaning)
        };
        Self {
            subjects: ('A'..).zip(subjects).collect(),
            rows: metrics.into_iter().map(with_meaning).collect(),
            about: crate::prose::html(&about),
        }
    }
}
