//! Each defect moves the metric that should see it.

use gan_metrics::{
    CategoryData, Cells, ClassProbabilities, Features, Mixture, Neighbourhood, authenticity,
    category_report, class_accuracy, data_copying, density_coverage, fd_infinity, frechet_distance,
    kernel_distance, mean_pairwise_distance, nearest_training_images, precision_recall,
    uniform_shares,
};

use crate::synthetic::{Normal, clusters, plain, shifted};

fn fd(reals: &Features, fakes: &Features) -> f64 {
    frechet_distance(reals, fakes, plain()).unwrap().value
}

fn kid(reals: &Features, fakes: &Features) -> f64 {
    kernel_distance(reals, fakes, plain()).unwrap().value
}

/// Precision, recall, density, coverage.
fn prdc(reals: &Features, fakes: &Features) -> [f64; 4] {
    let [reals, fakes] = [reals, fakes].map(|set| Neighbourhood::of(set, 5, plain(), 1).unwrap());
    let pr = precision_recall(&reals, &fakes, 3).unwrap();
    let dc = density_coverage(&reals, &fakes, 5).unwrap();
    [pr.precision, pr.recall, dc.density, dc.coverage].map(|found| found.value)
}

#[test]
fn a_shifted_set_is_farther_and_less_precise() {
    let mut normal = Normal::new(1);
    let (reals, others) = (normal.features(500, 6), normal.features(500, 6));
    let fakes = shifted(&others, 1.0);
    // The means are 6 apart, squared; the covariances are the same.
    assert!((fd(&reals, &fakes) - 6.0).abs() < 1.0);
    assert!(fd(&reals, &others) < 0.3);
    assert!(kid(&reals, &fakes) > 10.0 * kid(&reals, &others).abs());
    assert!(prdc(&reals, &fakes)[0] < prdc(&reals, &others)[0] - 0.1);
}

#[test]
fn duplicates_lose_recall_and_coverage_and_diversity() {
    let mut normal = Normal::new(2);
    let (reals, others) = (normal.features(500, 6), normal.features(500, 6));
    let fakes = others.select(&(0..500).map(|at| at % 25).collect::<Vec<_>>());
    let [_, recall, _, coverage] = prdc(&reals, &fakes);
    let [_, baseline_recall, _, baseline_coverage] = prdc(&reals, &others);
    assert!(recall < 0.1 && baseline_recall > 0.6, "{recall} {baseline_recall}");
    assert!(coverage < 0.5 && baseline_coverage > 0.9, "{coverage} {baseline_coverage}");
    let diversity = |set| mean_pairwise_distance(set, plain()).unwrap().value;
    assert!(diversity(&fakes) < diversity(&others));
    // The balls around duplicates have no size, yet hold the duplicates themselves.
    assert_eq!(prdc(&fakes, &fakes)[0], 1.0);
}

#[test]
fn a_missing_class_is_missed_by_all_who_should() {
    let reals = clusters(0..10, 60, 10, 1);
    let all = clusters(0..10, 60, 10, 2);
    let nine = clusters(0..9, 67, 10, 3).select(&Vec::from_iter(0..600));
    assert!(fd(&reals, &nine) > 5.0 * fd(&reals, &all));
    assert!(prdc(&reals, &nine)[1] < prdc(&reals, &all)[1] - 0.05);
    assert!(prdc(&reals, &nine)[3] < prdc(&reals, &all)[3] - 0.05);

    let classes = |missing: usize| (0..600).map(|at| at % (10 - missing)).collect::<Vec<_>>();
    let uniform = uniform_shares(10);
    let report = |missing| {
        category_report(&classes(missing), CategoryData::Shares(&uniform), plain()).unwrap()
    };
    assert_eq!(report(1).covered.value, 9.0);
    assert_eq!(report(1).rarest.value, 0.0);
    assert!((report(1).reverse_kl.value - (10f64 / 9.0).ln()).abs() < 0.001);
    assert!(report(0).reverse_kl.value < 1e-12);
}

#[test]
fn copied_training_images_are_found_out() {
    let mut normal = Normal::new(3);
    let training = normal.features(600, 4);
    let (held_out, fresh) = (normal.features(300, 4), normal.features(300, 4));
    let copies = shifted(&training.select(&Vec::from_iter(100..400)), 0.001);
    let authentic = |set| authenticity(&training, set, plain()).unwrap().value;
    assert!(authentic(&copies) < 0.05 && authentic(&fresh) > 0.3);

    let cells = Cells::k_means(&training, 3, 1).unwrap();
    let z = |set| data_copying(&training, &held_out, set, &cells, plain()).unwrap().value;
    assert!(z(&copies) < -8.0 && z(&fresh).abs() < 3.0, "{} {}", z(&copies), z(&fresh));
    assert!(z(&shifted(&fresh, 3.0)) > 5.0);

    let found = nearest_training_images(&copies, &training).unwrap();
    assert_eq!(found.iter().map(|found| found.index).collect::<Vec<_>>(), Vec::from_iter(100..400));
}

#[test]
fn a_collapsed_set_and_constant_images_have_answers() {
    let reals = Normal::new(4).features(300, 3);
    let collapsed = Features::new(300, 3, vec![0.1; 900]).unwrap();
    // A point against a Gaussian: the squared distance of the means and the variances.
    assert!((fd(&reals, &collapsed) - 3.03).abs() < 0.5);
    assert_eq!(fd(&collapsed, &collapsed), 0.0);
    assert!(fd_infinity(&reals, &collapsed, plain()).unwrap().value.is_finite());
    assert!(kid(&reals, &collapsed) > 0.01);
    let [precision, recall, density, coverage] = prdc(&reals, &collapsed);
    assert_eq!((precision, recall), (1.0, 0.0));
    assert!(density.is_finite() && coverage < 0.1);
    assert_eq!(prdc(&collapsed, &reals)[1], 1.0);
    assert_eq!(mean_pairwise_distance(&collapsed, plain()).unwrap().value, 0.0);
    assert_eq!(Cells::k_means(&collapsed, 5, 1).unwrap().len(), 1);
}

#[test]
fn fd_infinity_is_free_of_most_of_the_bias() {
    let mut normal = Normal::new(6);
    let (reals, fakes) = (normal.features(20_000, 8), normal.features(600, 8));
    let infinity = fd_infinity(&reals, &fakes, plain()).unwrap().value;
    assert!(infinity.abs() < 0.5 * fd(&reals, &fakes), "{infinity} {}", fd(&reals, &fakes));
}

#[test]
fn samples_between_the_modes_are_of_low_quality() {
    let ring = Mixture::ring();
    let points = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [1.0, 0.029], [1.0, 0.031], [0.0, 0.0]];
    let points = points.concat().into_iter().collect::<Vec<f32>>();
    let points = Features::new(6, 2, points).unwrap();
    let score = ring.hits(&points).unwrap().score(plain()).unwrap();
    assert_eq!(score.modes.value, 2.0);
    assert_eq!(score.high_quality.unwrap().value, 0.5);
}

#[test]
fn copies_are_at_distance_0_wherever_they_are() {
    let far = shifted(&Normal::new(8).features(40, 301), 1000.0);
    let found = nearest_training_images(&far, &far).unwrap();
    assert!(found.iter().all(|found| found.squared_distance == 0.0));
    let copies = far.select(&[0; 150]);
    assert_eq!(mean_pairwise_distance(&copies, plain()).unwrap().value, 0.0);
}

#[test]
fn precision_takes_the_kth_neighbour_in_and_density_leaves_it_out() {
    let line = |from: usize| (from..from + 20).map(|x| x as f32).collect();
    let reals = Features::new(20, 1, line(0)).unwrap();
    let fakes = Features::new(20, 1, line(20)).unwrap();
    let [real, fake] = [&reals, &fakes].map(|set| Neighbourhood::of(set, 1, plain(), 1).unwrap());
    // The first fake is as far from the last real sample as that is from its neighbour.
    assert_eq!(precision_recall(&real, &fake, 1).unwrap().precision.value, 0.05);
    assert_eq!(density_coverage(&real, &fake, 1).unwrap().density.value, 0.0);
    assert_eq!(density_coverage(&real, &real, 1).unwrap().density.value, 1.0);
}

#[test]
fn cells_find_clusters_that_are_apart() {
    let features = clusters(0..6, 50, 6, 7);
    let classes: Vec<usize> = (0..300).map(|row| row / 50).collect();
    let found = (0..20).filter(|&seed| {
        let assigned = Cells::k_means(&features, 6, seed).unwrap().assign(&features).unwrap();
        let class_of = |cell| assigned.iter().position(|&of| of == cell).map(|row| classes[row]);
        assigned.iter().zip(&classes).all(|(&cell, &class)| class_of(cell) == Some(class))
    });
    // Twenty seeds, of which means drawn without regard to distances would get a few right.
    assert!(found.count() >= 12);
}

#[test]
fn a_generator_that_draws_other_classes_than_asked_is_less_accurate() {
    // 600 samples of ten classes, of which every tenth is told for its neighbour.
    let told: Vec<usize> = (0..600).map(|at| at % 10).collect();
    let shown = |at: usize| if (at / 10).is_multiple_of(10) { (at + 1) % 10 } else { at % 10 };
    let logits =
        (0..600).flat_map(|at| (0..10).map(move |class| (class == shown(at)) as u8 as f32));
    let samples =
        ClassProbabilities::from_logits(&Features::new(600, 10, logits.collect()).unwrap());
    let accuracy = class_accuracy(&samples, &told, plain()).unwrap();
    assert!((accuracy.value - 0.9).abs() < 1e-12, "{accuracy:?}");
    let right = samples.predictions();
    assert_eq!(class_accuracy(&samples, &right, plain()).unwrap().value, 1.0);
}
