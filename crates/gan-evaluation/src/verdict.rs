//! What the numbers of an evaluation say, in one sentence.

use gan_metrics::{Estimate, Measurement};
use gan_training::guard::Trouble;

/// Below this fraction of the baseline's, recall says that kinds of images are missing.
const ALIKE: f64 = 0.6;
/// Precision below the baseline's by more than this says that samples do not look real.
const UNREAL: f64 = 0.15;
/// Below this fraction of the baseline's, samples are copies.
const COPIED: f64 = 0.5;
/// A z-score below this is no chance.
const NEARER: f64 = -5.0;
/// A class with less than this fraction of its share in the data is missed.
const RARE: f64 = 0.5;
/// A Fréchet distance below this multiple of the baseline is one of real images.
const AS_REAL: f64 = 1.5;

/// The most important thing that `measured` says beside its baselines, with the numbers that say it.
/// None without a baseline.
#[must_use]
pub fn verdict(measured: &[Measurement]) -> Option<String> {
    let troubles = troubles(measured, |estimate| estimate.value);
    let number = |name: &str| {
        let (estimate, baseline) = beside_baseline(measured, name)?;
        Some((estimate.value, baseline))
    };
    let unreal = number("precision").filter(|(value, baseline)| *value < baseline - UNREAL);
    let opening = match (unreal, number("precision")) {
        (Some((value, baseline)), _) => format!(
            "the samples do not look like real images (precision {value:.2} where real images have \
             {baseline:.2})"
        ),
        (None, Some(_)) => "the samples look like real images".to_owned(),
        (None, None) => String::new(),
    };
    if !troubles.is_empty() || unreal.is_some() {
        let joint = if unreal.is_some() { "; and " } else { ", but " };
        let clauses = troubles.iter().map(|(trouble, evidence)| {
            let clause = trouble.info().of_samples.expect("seen in samples");
            format!("{clause} ({evidence})")
        });
        let parts = [opening, clauses.collect::<Vec<_>>().join("; ")];
        let parts = parts.iter().filter(|part| !part.is_empty()).map(String::as_str);
        let sentence = parts.collect::<Vec<_>>().join(joint);
        // Each has a section of that name there, with what to try.
        let names: Vec<&str> = troubles.iter().map(|(trouble, _)| trouble.name()).collect();
        return Some(match names.as_slice() {
            [] => sentence,
            names => format!("{sentence}: see {} in docs/troubleshooting.md", names.join(", ")),
        });
    }
    let (fd, baseline) = number("fd").filter(|(_, baseline)| *baseline > 0.0)?;
    let ratio = fd / baseline;
    Some(match ratio < AS_REAL {
        true => format!(
            "these numbers cannot tell the samples from real images (fd {ratio:.2} times the baseline)"
        ),
        false => format!(
            "the samples are like real images in kind and variety, but not yet in detail (fd \
             {ratio:.1} times the baseline)"
        ),
    })
}

/// The troubles that `measured` proves, each with the numbers: what would be one at the upper end of its
/// 95 % interval, too.
#[must_use]
pub fn proven_troubles(measured: &[Measurement]) -> Vec<(Trouble, String)> {
    troubles(measured, |estimate| estimate.interval.map_or(estimate.value, |ends| ends.high))
}

/// The troubles of which what `value_of` gives is a sign, each with its numbers. Of all of these metrics, too
/// low is what is bad.
fn troubles(
    measured: &[Measurement],
    value_of: impl Fn(&Estimate) -> f64,
) -> Vec<(Trouble, String)> {
    // What is told is the value, also where its upper end decides.
    let number = |name: &str| {
        let (estimate, baseline) = beside_baseline(measured, name)?;
        Some((value_of(estimate), estimate.value, baseline))
    };
    let mut troubles = Vec::new();
    if let Some((decides, value, baseline)) = number("authenticity")
        && decides < COPIED * baseline
    {
        troubles.push((
            Trouble::Memorisation,
            format!("authenticity {value:.2} where fresh real images have {baseline:.2}"),
        ));
    } else if let Some((decides, value, baseline)) = number("data_copying")
        && decides < NEARER
        && baseline > NEARER
    {
        troubles.push((
            Trouble::Memorisation,
            format!("data_copying {value:.0} where {baseline:.1} is usual"),
        ));
    }
    if let Some((decides, value, baseline)) = number("recall")
        && decides < ALIKE * baseline
    {
        troubles.push((
            Trouble::ModeCollapse,
            format!("recall {value:.2} where real images have {baseline:.2}"),
        ));
    }
    if let Some((decides, value, baseline)) = number("rarest_class")
        && decides < RARE * baseline
    {
        troubles.push((Trouble::MissingClass, rarest(measured, value)));
    }
    troubles
}

/// The metric called `name`, and its baseline.
fn beside_baseline<'a>(measured: &'a [Measurement], name: &str) -> Option<(&'a Estimate, f64)> {
    let found = measured.iter().find(|measurement| measurement.metric == name)?;
    Some((&found.estimate, found.baseline.as_ref()?.value))
}

/// Which class is rarest, and how rare.
fn rarest(measured: &[Measurement], fraction: f64) -> String {
    let shares = measured.iter().filter_map(|measurement| {
        let class = measurement.metric.strip_prefix("class_share_")?;
        let baseline = measurement.baseline.as_ref()?.value;
        (baseline > 0.0).then_some((class, measurement.estimate.value, baseline))
    });
    match shares.min_by(|a, b| (a.1 / a.2).total_cmp(&(b.1 / b.2))) {
        Some((class, share, baseline)) => format!(
            "class {class}: {:.1} % of the samples, {:.1} % of real images",
            100.0 * share,
            100.0 * baseline
        ),
        None => format!("{:.0} % of its share in the data", 100.0 * fraction),
    }
}

#[cfg(test)]
mod tests {
    use gan_metrics::{Estimate, ExtractorId, Resampling, measurement_name};

    use super::*;

    fn measured(numbers: &[(&str, f64, f64)]) -> Vec<Measurement> {
        let estimate = |value: f64| {
            serde_json::from_value::<Estimate>(
                serde_json::json!({"value": value, "interval": null}),
            )
            .unwrap()
        };
        let record = |&(metric, value, baseline): &(&str, f64, f64)| Measurement {
            name: measurement_name(metric, "mnistcnn", 1000),
            metric: metric.to_owned(),
            extractor: ExtractorId { name: "mnistcnn".into(), hash: String::new() },
            samples: 1000,
            reference_samples: 1000,
            k: None,
            estimate: estimate(value),
            baseline: Some(estimate(baseline)),
            ratio_to_baseline: None,
            resampling: Resampling::none(0),
        };
        numbers.iter().map(record).collect()
    }

    #[test]
    fn sharp_but_alike_is_said_with_its_numbers() {
        let numbers = [("precision", 0.85, 0.88), ("recall", 0.1, 0.88), ("fd", 280.0, 0.9)];
        let told = verdict(&measured(&numbers)).unwrap();
        assert!(told.contains("look like real images, but they are far too alike"), "{told}");
        assert!(told.contains("recall 0.10 where real images have 0.88"), "{told}");
    }

    #[test]
    fn samples_that_look_unreal_copied_or_lack_a_class_are_told_apart() {
        let told = |numbers: &[(&str, f64, f64)]| verdict(&measured(numbers)).unwrap();
        assert!(told(&[("precision", 0.2, 0.88)]).contains("do not look like real images"));
        let copies = [("precision", 0.9, 0.88), ("authenticity", 0.1, 0.6)];
        assert!(told(&copies).contains("near copies"));
        let copies = [("precision", 0.9, 0.88), ("data_copying", -20.0, 0.3)];
        assert!(told(&copies).contains("copies of training images (data_copying -20"));
        let rare = [
            ("precision", 0.9, 0.88),
            ("rarest_class", 0.07, 0.93),
            ("class_share_2", 0.007, 0.1),
            ("class_share_3", 0.2, 0.1),
        ];
        assert!(told(&rare).contains("a class is rare (class 2: 0.7 % of the samples, 10.0 %"));
        assert!(told(&rare).ends_with("see missing-class in docs/troubleshooting.md"));
    }

    #[test]
    fn only_what_its_whole_interval_says_is_proven() {
        let mut numbers = measured(&[("precision", 0.9, 0.88), ("recall", 0.4, 0.88)]);
        let with_high = |numbers: &mut Vec<Measurement>, high: f64| {
            let estimate =
                serde_json::json!({"value": 0.4, "interval": {"low": 0.3, "high": high}});
            numbers[1].estimate = serde_json::from_value(estimate).unwrap();
        };
        with_high(&mut numbers, 0.6);
        assert_eq!(proven_troubles(&numbers), []);
        assert!(verdict(&numbers).unwrap().contains("too alike"));
        with_high(&mut numbers, 0.5);
        let proven = proven_troubles(&numbers);
        assert_eq!(proven[0].0, Trouble::ModeCollapse);
        assert_eq!(proven[0].1, "recall 0.40 where real images have 0.88");
    }

    #[test]
    fn good_samples_are_called_good_and_nothing_is_said_without_a_baseline() {
        let real = [("precision", 0.87, 0.88), ("recall", 0.86, 0.88), ("fd", 1.0, 0.9)];
        assert!(verdict(&measured(&real)).unwrap().contains("cannot tell"));
        let near = [("precision", 0.87, 0.88), ("recall", 0.8, 0.88), ("fd", 9.0, 0.9)];
        assert!(verdict(&measured(&near)).unwrap().contains("fd 10.0 times"));
        let mut alone = measured(&real);
        alone.iter_mut().for_each(|number| number.baseline = None);
        assert_eq!(verdict(&alone), None);
    }
}
