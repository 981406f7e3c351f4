//! The suite measures all that fits, names everything, and refuses what misleads.

use gan_metrics::oracles::Verdict;
use gan_metrics::{
    ClassProbabilities, Extracted, ExtractorId, Features, METRICS, Measurement, Metric, Mixture,
    Reals, Resampling, Sizes, Suite, SuiteSettings,
};

use crate::synthetic::{Normal, shifted};

fn extractor() -> ExtractorId {
    ExtractorId { name: "mnistcnn".into(), hash: "5f".into() }
}

fn settings() -> SuiteSettings {
    SuiteSettings {
        resampling: Resampling { splits: 8, seed: 3 },
        data_copying_cells: 2,
        ..SuiteSettings::default()
    }
}

fn row(name: &str) -> &'static Metric {
    Metric::named(name).unwrap()
}

/// All that is known of points in the plane: their classes by the quadrant they are in, the modes of
/// a mixture that they may be of, and what an oracle could say of them.
fn known(points: Features) -> Extracted {
    let logits = (0..points.len()).flat_map(|row| {
        let (x, y) = (points.row(row)[0], points.row(row)[1]);
        [x + y, x - y, y - x, -x - y]
    });
    let logits = Features::new(points.len(), 4, logits.collect()).unwrap();
    let classes = ClassProbabilities::from_logits(&logits);
    let verdict = |row: usize| match points.row(row) {
        [x, _] if *x > 0.0 => Verdict::Right,
        [_, y] if *y > 0.0 => Verdict::Wrong,
        _ => Verdict::Unreadable,
    };
    Extracted {
        judge: None,
        verdicts: Some((0..points.len()).map(verdict).collect()),
        labels: Some(classes.predictions()),
        classes: Some(classes),
        modes: Some(Mixture { centres: vec![[0.0, 0.0]], sigma: 1.0 }.hits(&points).unwrap()),
        features: points,
    }
}

#[test]
fn every_row_of_the_table_is_measured_with_name_interval_and_baseline() {
    let mut normal = Normal::new(1);
    let [reference, held_out, training] = [(); 3].map(|()| normal.features(1000, 2));
    let fakes = known(shifted(&normal.features(1000, 2), 1.0));
    let reals = Reals {
        reference: known(reference),
        held_out: Some(known(held_out)),
        training: Some(training),
    };
    let suite = Suite::new(extractor(), reals, settings()).unwrap();
    let comparison = suite.compare(&fakes).unwrap();
    let rows: Vec<&str> = comparison.metrics().iter().map(|metric| metric.name).collect();
    assert_eq!(rows, METRICS.iter().map(|metric| metric.name).collect::<Vec<_>>());
    let mut numbers: Vec<Measurement> = Vec::new();
    for metric in comparison.metrics() {
        let measured = comparison.measure(metric).unwrap();
        let row_of = |number: &Measurement| Metric::named(&number.metric).unwrap().name;
        assert!(measured.iter().all(|number| row_of(number) == metric.name));
        numbers.extend(measured);
    }
    let shares = numbers.iter().filter(|number| number.metric.starts_with("class_share_")).count();
    assert_eq!((shares, numbers.len()), (4, METRICS.len() + 3));
    // What is counted has no interval: nothing is known of what was not seen.
    let counts = ["modes", "classes_covered"];
    for number in &numbers {
        let interval = number.estimate.interval;
        assert_eq!(interval.is_none(), counts.contains(&number.metric.as_str()), "{number:?}");
        if let Some(interval) = interval {
            let value = number.estimate.value;
            assert!(interval.low <= value && value <= interval.high, "{number:?}");
        }
        assert!(number.baseline.as_ref().unwrap().value.is_finite(), "{number:?}");
        assert_eq!((number.samples, number.resampling.seed), (1000, 3));
        let line = serde_json::to_string(number).unwrap();
        assert_eq!(&serde_json::from_str::<Measurement>(&line).unwrap(), number);
    }
    let fd = numbers.iter().find(|number| number.metric == "fd").unwrap();
    assert_eq!(fd.name, "fd_mnistcnn_1k");
    let ratio = fd.estimate.value / fd.baseline.as_ref().unwrap().value;
    assert_eq!(fd.ratio_to_baseline, Some(ratio));
    assert!(ratio > 10.0);
    // The baseline is what the held-out images have in place of the samples.
    let held_out = suite.reals().held_out.clone().unwrap();
    let comparison = suite.compare(&held_out).unwrap();
    for number in numbers.iter().filter(|number| number.metric != "data_copying") {
        let own = comparison.measure(row(&number.metric)).unwrap();
        let own = own.into_iter().find(|own| own.metric == number.metric).unwrap();
        assert_eq!(Some(own.estimate), number.baseline, "{}", number.metric);
    }
}

#[test]
fn a_metric_is_found_by_the_name_it_prints() {
    for metric in METRICS.iter().filter(|metric| !metric.is_per_class()) {
        assert_eq!(row(metric.name).name, metric.name);
    }
    assert_eq!(row("class_share_3").name, "class_share");
    for wrong in ["fid", "class_share", "class_share_x", "fd_3", ""] {
        assert!(Metric::named(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn only_what_the_sets_allow_is_measured() {
    let mut normal = Normal::new(1);
    let [reference, fakes] = [(); 2].map(|()| Extracted::of(normal.features(50, 2)));
    let reals = Reals { reference, held_out: None, training: None };
    let suite = Suite::new(extractor(), reals, settings()).unwrap();
    let names: Vec<&str> =
        suite.compare(&fakes).unwrap().metrics().iter().map(|metric| metric.name).collect();
    let expected =
        ["fd", "diversity", "kid", "precision", "recall", "density", "coverage", "fd_infinity"];
    assert_eq!(names, expected);
    let refusal = suite.compare(&fakes).unwrap().measure(row("class_score")).unwrap_err();
    assert!(refusal.to_string().contains("classifier"), "{refusal}");
}

#[test]
fn sets_of_other_sizes_are_compared_only_if_forced() {
    let mut normal = Normal::new(2);
    let (reference, fakes) = (normal.features(50, 3), Extracted::of(normal.features(40, 3)));
    let reals =
        || Reals { reference: Extracted::of(reference.clone()), held_out: None, training: None };
    let suite = Suite::new(extractor(), reals(), settings()).unwrap();
    let refusal = suite.compare(&fakes).map(|_| ()).unwrap_err();
    assert!(refusal.to_string().contains("the fake set has 40 samples, the reference has 50"));
    let forced = SuiteSettings { sizes: Sizes::MayDiffer, ..settings() };
    let suite = Suite::new(extractor(), reals(), forced).unwrap();
    let fd = &suite.compare(&fakes).unwrap().measure(row("fd")).unwrap()[0];
    assert_eq!((fd.name.as_str(), fd.samples, fd.reference_samples), ("fd_mnistcnn_40", 40, 50));
    assert_eq!((&fd.baseline, fd.ratio_to_baseline), (&None, None));
}

#[test]
fn the_refusal_of_one_metric_leaves_the_others() {
    let set = Extracted::of(Normal::new(3).features(60, 3));
    let reals = Reals { reference: set.clone(), held_out: None, training: None };
    let suite = Suite::new(extractor(), reals, settings()).unwrap();
    let comparison = suite.compare(&set).unwrap();
    let refused: Vec<&str> = comparison
        .metrics()
        .into_iter()
        .filter(|metric| comparison.measure(metric).is_err())
        .map(|metric| metric.name)
        .collect();
    assert_eq!(refused, ["fd_infinity"]);
}

#[test]
fn what_is_known_of_other_images_than_the_features_is_refused() {
    let mut normal = Normal::new(2);
    let [reference, fakes] = [(); 2].map(|()| known(normal.features(50, 2)));
    let part = ClassProbabilities::from_logits(&normal.features(40, 4));
    let fakes = Extracted { classes: Some(part), ..fakes };
    let reals = Reals { reference, held_out: None, training: None };
    let suite = Suite::new(extractor(), reals, settings()).unwrap();
    let refusal = suite.compare(&fakes).map(|_| ()).unwrap_err().to_string();
    assert!(refusal.contains("the fake set") && refusal.contains("40 rows"), "{refusal}");
}
