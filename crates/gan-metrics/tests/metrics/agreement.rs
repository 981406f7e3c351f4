//! Each metric gives the number that an independent implementation gives.

use gan_metrics::{
    CategoryData, Cells, ClassProbabilities, Features, Mixture, Neighbourhood, Resampling,
    Statistics, authenticity, category_report, class_score, data_copying, density_coverage,
    fd_infinity, frechet_distance, kernel_distance, mann_whitney_z, mean_pairwise_distance,
    precision_recall,
};

use crate::synthetic::{Normal, assert_close, expected, plain, stored};

fn number(name: &str) -> f64 {
    expected(name).as_f64().unwrap()
}

#[test]
fn the_frechet_distance_is_that_of_pytorch_fid() {
    let distance = frechet_distance(&stored("reals.npy"), &stored("fakes.npy"), plain()).unwrap();
    assert_close(distance.value, number("fd"), 1e-9);
}

#[test]
fn singular_covariances_have_exact_distances() {
    let (reals, fakes) = (stored("reals.npy"), stored("fakes.npy"));
    let flat = |row: &[f32]| [&row[..4], &[0.0; 2], &row[..2]].concat();
    let flat = reals.values().chunks(8).flat_map(flat).collect();
    let flat = Features::new(400, 8, flat).unwrap();
    let distance = frechet_distance(&flat, &fakes, plain()).unwrap().value;
    assert_close(distance, number("fd_singular"), 1e-6);

    let few = |set: &Features, count| set.select(&Vec::from_iter(0..count));
    let distance = frechet_distance(&few(&reals, 5), &few(&fakes, 6), plain()).unwrap().value;
    assert_close(distance, number("fd_few_samples"), 1e-6);
}

#[test]
fn fd_infinity_is_that_of_dgm_eval() {
    let distance = fd_infinity(&stored("reals.npy"), &stored("fakes.npy"), plain()).unwrap();
    assert_close(distance.value, number("fd_infinity"), 1e-6);
}

#[test]
fn the_kernel_distance_is_that_of_torch_fidelity() {
    let (reals, fakes) = (stored("reals.npy"), stored("fakes.npy"));
    let distance = kernel_distance(&reals, &fakes, plain()).unwrap();
    assert_close(distance.value, number("mmd"), 1e-9);
    assert_eq!(distance.interval, None);
}

#[test]
fn precision_and_recall_and_their_intervals_are_those_of_the_definition() {
    let (reals, fakes) = (stored("reals.npy"), stored("fakes.npy"));
    let resampling = Resampling { splits: 20, seed: 7 };
    let [reals, fakes] = [(&reals, 1), (&fakes, 2)]
        .map(|(set, stream)| Neighbourhood::of(set, 3, resampling, stream).unwrap());
    let found = precision_recall(&reals, &fakes, 3).unwrap();
    for (at, found) in [found.precision, found.recall].into_iter().enumerate() {
        assert_close(found.value, expected("precision_recall")[at].as_f64().unwrap(), 1e-12);
        let half_width = expected("precision_recall_half_widths")[at].as_f64().unwrap();
        assert_close(found.value - found.interval.unwrap().low, half_width, 1e-4);
    }
}

#[test]
fn density_and_coverage_are_those_of_prdc() {
    let (reals, fakes) = (stored("reals.npy"), stored("fakes.npy"));
    let [reals, fakes] = [&reals, &fakes].map(|set| Neighbourhood::of(set, 5, plain(), 1).unwrap());
    let found = density_coverage(&reals, &fakes, 5).unwrap();
    assert_close(found.density.value, expected("prdc")["density"].as_f64().unwrap(), 1e-12);
    assert_close(found.coverage.value, expected("prdc")["coverage"].as_f64().unwrap(), 1e-12);
    // No distance is exactly a radius in these sets, so prdc's open balls give what closed ones do.
    let found = precision_recall(&reals, &fakes, 5).unwrap();
    assert_close(found.precision.value, expected("prdc")["precision"].as_f64().unwrap(), 1e-12);
    assert_close(found.recall.value, expected("prdc")["recall"].as_f64().unwrap(), 1e-12);
}

#[test]
fn authenticity_is_that_of_dgm_eval() {
    let (train, _, copies) = memorising();
    let share = |set: &Features| authenticity(&train, set, plain()).unwrap().value;
    assert_close(share(&stored("fakes.npy")), number("authenticity"), 1e-12);
    assert_eq!(share(&copies), number("authenticity_of_copies"));
}

#[test]
fn the_data_copying_test_is_that_of_its_authors() {
    let ties = [1.0, 2.0, 2.0, 3.0, 5.0];
    assert_close(mann_whitney_z(&ties, &[2.0, 2.5, 3.0, 4.0]), number("z_with_ties"), 1e-12);

    let (train, held_out, copies) = memorising();
    let cells = Cells::around(train.select(&[0, 1, 2])).unwrap();
    let test =
        |set: &Features| data_copying(&train, &held_out, set, &cells, plain()).unwrap().value;
    assert_close(test(&stored("fakes.npy")), number("c_t"), 1e-9);
    assert_close(test(&copies), number("c_t_of_copies"), 1e-9);
}

/// Every other real for training, the rest held out, and training images moved by 0.01.
fn memorising() -> (Features, Features, Features) {
    let reals = stored("reals.npy");
    let every_other = |from: usize| reals.select(&(from..400).step_by(2).collect::<Vec<_>>());
    let train = every_other(0);
    let copies = crate::synthetic::shifted(&train.select(&Vec::from_iter(0..150)), 0.01);
    (train, every_other(1), copies)
}

#[test]
fn class_score_and_divergence_are_those_of_scipy() {
    let classes = ClassProbabilities::from_logits(&stored("logits.npy"));
    assert_close(class_score(&classes, plain()).unwrap().value, number("class_score"), 1e-9);
    let data = [0.1, 0.2, 0.3, 0.2, 0.2];
    let report =
        category_report(&classes.predictions(), CategoryData::Shares(&data), plain()).unwrap();
    assert_close(report.reverse_kl.value, number("class_kl"), 1e-9);
    assert_eq!(report.covered.value, 5.0);
}

#[test]
fn the_mean_pairwise_distance_is_that_of_scipy() {
    let distance = mean_pairwise_distance(&stored("fakes.npy"), plain()).unwrap();
    assert_close(distance.value, number("diversity"), 1e-9);
}

#[test]
fn a_ring_is_scored_as_numpy_does() {
    let score = Mixture::ring().hits(&stored("ring.npy")).unwrap().score(plain()).unwrap();
    assert_eq!(score.modes.value, number("ring_modes"));
    assert_close(score.high_quality.unwrap().value, number("ring_high_quality"), 1e-12);
    assert_close(score.reverse_kl.value, number("ring_reverse_kl"), 1e-9);
}

#[test]
fn stored_statistics_give_the_same_distance_as_features() {
    let reals = gan_metrics::read_statistics(&crate::synthetic::fixture("reals.npz")).unwrap();
    let fakes = Statistics::of(&stored("fakes.npy")).unwrap();
    assert_close(reals.frechet_distance(&fakes).unwrap(), number("fd"), 1e-9);
}

#[test]
fn results_are_the_same_for_any_number_of_threads() {
    let mut normal = Normal::new(3);
    let (reals, fakes) = (normal.features(700, 5), normal.features(700, 5));
    let measure = || {
        let resampling = Resampling { splits: 5, seed: 1 };
        let [a, b] = [&reals, &fakes].map(|set| Neighbourhood::of(set, 5, resampling, 1).unwrap());
        (
            frechet_distance(&reals, &fakes, resampling).unwrap(),
            fd_infinity(&reals, &fakes, resampling).unwrap(),
            kernel_distance(&reals, &fakes, resampling).unwrap(),
            precision_recall(&a, &b, 3).unwrap(),
            density_coverage(&a, &b, 5).unwrap(),
            mean_pairwise_distance(&fakes, resampling).unwrap(),
            authenticity(&reals, &fakes, resampling).unwrap(),
        )
    };
    let on = |threads| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(measure)
    };
    assert_eq!(on(1), on(4));
}

#[test]
fn few_samples_of_many_dimensions_have_the_distance_of_their_covariances() {
    let mut normal = Normal::new(5);
    let reals = normal.features(40, 600);
    let fakes = crate::synthetic::shifted(&normal.features(30, 600), 0.3);
    let of = |set: &Features| Statistics::of(set).unwrap();
    let expected = of(&reals).frechet_distance(&of(&fakes)).unwrap();
    let found = frechet_distance(&reals, &fakes, Resampling::default()).unwrap();
    assert_close(found.value, expected, 1e-9);
    assert!(found.interval.is_some());
    assert_eq!(frechet_distance(&reals, &reals, plain()).unwrap().value, 0.0);
}
