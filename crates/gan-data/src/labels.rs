//! Classes: numbers from 0 on, with the names or values that they had where they came from.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// More classes are refused.
pub(crate) const MAX_CLASSES: usize = 1 << 16;

/// What a source calls the class of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Number(i64),
    Name(String),
}

/// Numbers in their order, then names in natural order: 2 before 10.
impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Number(_), Self::Name(_)) => Ordering::Less,
            (Self::Name(_), Self::Number(_)) => Ordering::Greater,
            (Self::Name(a), Self::Name(b)) => natural_order(a, b),
        }
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Paths, part by part, as people sort them: `2.png` before `10.png`.
pub(crate) fn natural_order(a: &str, b: &str) -> Ordering {
    let parts = a.split('/').zip(b.split('/'));
    parts
        .map(|(a, b)| alphanumeric_sort::compare_str(a, b).then_with(|| a.cmp(b)))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// The class of each image, and the names of the classes: only those that some image has.
///
/// # Errors
/// If there are more than [`MAX_CLASSES`].
pub(crate) fn classes(labels: &[Label]) -> Result<(Vec<u32>, Vec<String>), String> {
    let mut numbers: BTreeMap<&Label, u32> = labels.iter().map(|label| (label, 0)).collect();
    if numbers.len() > MAX_CLASSES {
        let (count, first) = (numbers.len(), numbers.keys().next().expect("many"));
        return Err(format!("{count} classes ({first}, …); at most {MAX_CLASSES} are possible"));
    }
    for (number, class) in numbers.values_mut().zip(0..) {
        *number = class;
    }
    let names = numbers.keys().map(ToString::to_string).collect();
    Ok((labels.iter().map(|label| numbers[label]).collect(), names))
}
