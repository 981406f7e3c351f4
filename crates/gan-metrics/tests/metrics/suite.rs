//! The suite measures all that fits, names everything, and refuses what misleads.

use gan_metrics::{
    ClassProbabilities, ExtractorId, Features, Measurement, Metric, Resampling, Sets, Sizes, Suite,
    SuiteSettings,
};

use crate::synthetic::{Normal, shifted};

fn extractor() -> ExtractorId {
    ExtractorId { name: "mnistcnn".into(), hash: "5f".into() }
}

fn settings() -> SuiteSettings {
    SuiteSettings {
        resampling: Resampling { half_samples: 8, seed: 3 },
        kid_subset_size: 100,
        kid_subsets: 10,
        data_copying_cells: 2,
        ..SuiteSettings::default()
    }
}

#[test]
fn every_number_has_name_interval_and_floor() {
    let mut normal = Normal::new(1);
    let [reference, held_out, training] = [(); 3].map(|()| normal.features(1000, 4));
    let fakes = shifted(&normal.features(1000, 4), 1.0);
    let [a, b, c] = [&reference, &held_out, &fakes].map(ClassProbabilities::from_logits);
    let suite = Suite::new(
        extractor(),
        Sets { reference: &reference, held_out: Some(&held_out), fakes: &fakes },
        settings(),
    )
    .unwrap()
    .with_classes(Sets { reference: &a, held_out: Some(&b), fakes: &c })
    .unwrap()
    .with_training(&training)
    .unwrap();
    let steps = suite.metrics();
    let mut numbers: Vec<Measurement> = Vec::new();
    for metric in steps {
        let measured = suite.measure(metric).unwrap();
        let step_of = |number: &Measurement| Metric::measuring(&number.metric);
        assert!(measured.iter().all(|number| step_of(number) == Some(metric)));
        numbers.extend(measured);
    }
    let names: Vec<&str> = numbers.iter().map(|number| number.metric.as_str()).collect();
    assert_eq!(
        names,
        [
            "class_score",
            "classes_covered",
            "class_kl",
            "rarest_class",
            "class_share_0",
            "class_share_1",
            "class_share_2",
            "class_share_3",
            "fd",
            "diversity",
            "kid",
            "precision",
            "recall",
            "density",
            "coverage",
            "fd_infinity",
            "authenticity",
            "data_copying",
        ]
    );
    let mut known: Vec<&str> = Metric::NAMES.to_vec();
    let mut found: Vec<&str> =
        names.iter().copied().filter(|name| !name.starts_with("class_share_")).collect();
    known.sort_unstable();
    found.sort_unstable();
    assert_eq!(known, found);
    for number in &numbers {
        let interval = number.estimate.interval.unwrap();
        assert!(interval.low <= number.estimate.value && number.estimate.value <= interval.high);
        assert!(number.floor.unwrap().value.is_finite(), "{number:?}");
        assert_eq!(number.samples, 1000);
        assert_eq!(number.resampling.seed, 3);
        let line = serde_json::to_string(number).unwrap();
        assert_eq!(&serde_json::from_str::<Measurement>(&line).unwrap(), number);
    }
    let fd = numbers.iter().find(|number| number.metric == "fd").unwrap();
    assert_eq!(fd.name, "fd_mnistcnn_1k");
    assert_eq!(fd.ratio_to_floor, Some(fd.estimate.value / fd.floor.unwrap().value));
    assert!(fd.ratio_to_floor.unwrap() > 10.0);
}

#[test]
fn sets_of_other_sizes_are_compared_only_if_forced() {
    let mut normal = Normal::new(2);
    let (reference, fakes) = (normal.features(50, 3), normal.features(40, 3));
    let sets = || Sets { reference: &reference, held_out: None, fakes: &fakes };
    let refusal = Suite::new(extractor(), sets(), settings()).map(|_| ()).unwrap_err();
    assert!(refusal.to_string().contains("the fake set has 40 samples, the reference has 50"));
    let forced = SuiteSettings { sizes: Sizes::MayDiffer, ..settings() };
    let suite = Suite::new(extractor(), sets(), forced).unwrap();
    let fd = &suite.measure(Metric::FrechetDistance).unwrap()[0];
    assert_eq!((fd.name.as_str(), fd.samples, fd.reference_samples), ("fd_mnistcnn_40", 40, 50));
    assert_eq!((fd.floor, fd.ratio_to_floor), (None, None));
}

#[test]
fn the_refusal_of_one_metric_leaves_the_others() {
    let set: Features = Normal::new(3).features(60, 3);
    let sets = Sets { reference: &set, held_out: None, fakes: &set };
    let suite = Suite::new(extractor(), sets, settings()).unwrap();
    let answers: Vec<bool> =
        suite.metrics().into_iter().map(|metric| suite.measure(metric).is_ok()).collect();
    assert_eq!(answers, [true, true, false, true, false]);
}

#[test]
fn class_probabilities_of_other_samples_than_the_features_are_refused() {
    let mut normal = Normal::new(2);
    let [reference, fakes] = [(); 2].map(|()| normal.features(50, 4));
    let whole = ClassProbabilities::from_logits(&reference);
    let part = ClassProbabilities::from_logits(&normal.features(40, 4));
    let sets = || Sets { reference: &reference, held_out: None, fakes: &fakes };
    let suite = Suite::new(extractor(), sets(), settings()).unwrap();
    let classes = Sets { reference: &whole, held_out: None, fakes: &part };
    let refusal = suite.with_classes(classes).err().unwrap().to_string();
    assert!(refusal.contains("the fake set") && refusal.contains("40 rows"), "{refusal}");
}
