//! Each metric prefers the better set of samples: a direction turned round would be noticed.

use gan_metrics::oracles::Verdict;
use gan_metrics::{
    Better, ClassProbabilities, Estimate, Extracted, ExtractorId, Features, METRICS, Metric,
    Mixture, Reals, Resampling, Suite, SuiteSettings,
};

use crate::synthetic::Normal;

/// Points around four centres, with the classes and modes that follow from them.
fn known(points: Features, labels: Vec<usize>) -> Extracted {
    let centres = vec![[-2.0, -2.0], [-2.0, 2.0], [2.0, -2.0], [2.0, 2.0]];
    let logits = (0..points.len()).flat_map(|row| {
        let (x, y) = (points.row(row)[0], points.row(row)[1]);
        [-x - y, y - x, x - y, x + y].map(|logit| 2.0 * logit)
    });
    let logits = Features::new(points.len(), 4, logits.collect()).unwrap();
    let verdict = |row: usize| {
        let to = |c: &[f64; 2]| {
            (f64::from(points.row(row)[0]) - c[0]).hypot(f64::from(points.row(row)[1]) - c[1])
        };
        match centres.iter().map(to).fold(f64::INFINITY, f64::min) {
            distance if distance < 1.0 => Verdict::Right,
            distance if distance < 2.0 => Verdict::Wrong,
            _ => Verdict::Unreadable,
        }
    };
    Extracted {
        judge: None,
        verdicts: Some((0..points.len()).map(verdict).collect()),
        classes: Some(ClassProbabilities::from_logits(&logits)),
        labels: Some(labels),
        modes: Some(Mixture { centres, sigma: 0.5 }.hits(&points).unwrap()),
        features: points,
    }
}

/// `count` points, of class `of(i)` each, scattered by `std` around the class's centre.
fn points(count: usize, std: f64, seed: u64, of: impl Fn(usize) -> usize) -> Features {
    let mut normal = Normal::new(seed);
    let centre = |class: usize, at: usize| if class >> (1 - at) & 1 == 1 { 2.0 } else { -2.0 };
    let values = (0..2 * count).map(|i| (centre(of(i / 2), i % 2) + std * normal.next()) as f32);
    Features::new(count, 2, values.collect()).unwrap()
}

const COUNT: usize = 600;

fn measured(fakes: &Extracted) -> Vec<(&'static Metric, f64, Option<f64>)> {
    let classes = |i: usize| i % 4;
    let labels: Vec<usize> = (0..COUNT).map(classes).collect();
    let real = |seed| known(points(COUNT, 0.5, seed, classes), labels.clone());
    let training = points(COUNT, 0.5, 77, classes);
    let reals = Reals { reference: real(1), held_out: Some(real(3)), training: Some(training) };
    let settings = SuiteSettings {
        resampling: Resampling::none(0),
        data_copying_cells: 2,
        ..SuiteSettings::default()
    };
    let extractor = ExtractorId { name: "points".into(), hash: String::new() };
    let suite = Suite::new(extractor, reals, settings).unwrap();
    let comparison = suite.compare(fakes).unwrap();
    let first = |metric: &'static Metric| {
        let number = comparison.measure(metric).unwrap().swap_remove(0);
        (metric, number.estimate.value, number.baseline.map(|it| it.value))
    };
    METRICS.iter().map(first).collect()
}

#[test]
fn every_metric_prefers_good_samples_to_those_with_the_defect_it_is_for() {
    let all = |i: usize| i % 4;
    let labels: Vec<usize> = (0..COUNT).map(all).collect();
    let good = known(points(COUNT, 0.5, 5, all), labels.clone());
    let training = points(COUNT, 0.5, 77, all);
    let copies = known(crate::synthetic::shifted(&training, 1e-4), labels.clone());
    // Two classes alone; a third of the samples in the first class; samples at the centres; samples
    // scattered far around them; other classes than asked for.
    let half = known(points(COUNT, 0.5, 7, |i| i % 2), labels.clone());
    let uneven =
        known(points(COUNT, 0.5, 9, |i| if i % 3 == 0 { 0 } else { i % 4 }), labels.clone());
    let crowded = known(points(COUNT, 0.05, 11, all), labels.clone());
    let scattered = known(points(COUNT, 2.0, 13, all), labels.clone());
    let wrong = known(points(COUNT, 0.5, 15, all), labels.iter().map(|l| (l + 1) % 4).collect());
    let defect_of = |metric: &str| match metric {
        "modes" | "classes_covered" | "class_score" | "recall" | "coverage" | "diversity" => &half,
        "reverse_kl" | "class_kl" | "rarest_class" | "class_share" => &uneven,
        "density" => &crowded,
        "high_quality" | "fd" | "fd_infinity" | "kid" | "precision" => &scattered,
        "scene_right" | "scene_wrong" | "scene_unreadable" => &scattered,
        "class_accuracy" => &wrong,
        "authenticity" | "data_copying" => &copies,
        other => panic!("{other}: which defect is it for?"),
    };
    for (metric, value, baseline) in measured(&good) {
        let bad = measured(defect_of(metric.name));
        let (_, bad, _) = bad.into_iter().find(|(row, ..)| row.name == metric.name).unwrap();
        let prefers = |new, old| metric.better.prefers(new, old, baseline);
        let name = metric.name;
        assert_eq!(prefers(value, bad), Some(true), "{name}: {value} {bad} {baseline:?}");
        assert_eq!(prefers(bad, value), Some(false), "{name}: {value} {bad} {baseline:?}");
    }
}

#[test]
fn which_of_two_values_is_better_is_what_the_table_says() {
    assert_eq!(Better::Lower.prefers(1.0, 2.0, None), Some(true));
    assert_eq!(Better::Higher.prefers(1.0, 2.0, None), Some(false));
    assert_eq!(Better::NearZero.prefers(-1.0, 2.0, None), Some(true));
    assert_eq!(Better::NearZero.prefers(-3.0, 2.0, None), Some(false));
    assert_eq!(Better::AsBaseline.prefers(0.9, 0.5, Some(0.6)), Some(false));
    assert_eq!(Better::AsBaseline.prefers(0.9, 0.5, None), None);
}

#[test]
fn a_paired_comparison_sees_a_difference_that_two_intervals_overlap() {
    let mut normal = Normal::new(3);
    let reals = normal.features(400, 8);
    let fakes = normal.features(400, 8);
    // The same samples, slightly farther away: the same chance is in both numbers.
    let farther = crate::synthetic::shifted(&fakes, 0.1);
    let of =
        |set: &Features| gan_metrics::frechet_distance(&reals, set, Resampling::default()).unwrap();
    let (near, far) = (of(&fakes), of(&farther));
    let difference = Estimate::combined([&far, &near], |[far, near]| far - near).unwrap();
    assert!((difference.value - (far.value - near.value)).abs() < 1e-12);
    let [of_difference, of_near, of_far] =
        [&difference, &near, &far].map(|estimate| estimate.half_width().unwrap());
    let unpaired = of_near.hypot(of_far);
    assert!(of_difference < unpaired, "{of_difference}, unpaired {unpaired}");
    let same = Estimate::combined([&near, &near], |[a, b]| a - b).unwrap();
    assert_eq!(same.excludes(0.0), Some(false));
    assert!(Estimate::combined([&near], |[it]| it).unwrap().excludes(0.0).unwrap());
}
