//! What two samples of one distribution score, where theory knows it.

use gan_metrics::{
    Estimate, Features, Mixture, Neighbourhood, Resampling, STACKED_MODES, category_report,
    density_coverage, frechet_distance, precision_recall, stacked_modes, uniform_shares,
};

use crate::synthetic::{Normal, assert_close, plain, stored};

#[test]
fn identical_gaussians_have_the_known_density_and_coverage() {
    // Averaged over pairs of sets, density is 1 and coverage 1 - 1/2^5 (Naeem et al. 2020, lemmas 1
    // and 2).
    let [_, _, density, coverage] = of_identical_gaussians(3000, 64);
    assert!((density.value - 1.0).abs() < 0.05, "{density:?}");
    assert!((coverage.value - 31.0 / 32.0).abs() < 0.01, "{coverage:?}");
}

#[test]
fn identical_gaussians_in_1000_dimensions_score_as_with_prdc() {
    // One pair of 10,000 samples has density 1.056 and coverage 0.974 in the README of `prdc`. Fewer
    // samples scatter more, as their intervals say.
    let [precision, recall, density, coverage] = of_identical_gaussians(1000, 1000);
    for (found, published) in [(density, 1.056), (coverage, 0.974)] {
        let interval = found.interval.unwrap();
        assert!(interval.low < published && published < interval.high, "{found:?}");
    }
    // Both ask the same of sets of one distribution.
    assert!((precision.value - recall.value).abs() < 0.1, "{precision:?} {recall:?}");
}

/// Precision, recall, density and coverage of two sets of one distribution, all with k = 5.
fn of_identical_gaussians(count: usize, dim: usize) -> [Estimate; 4] {
    let mut normal = Normal::new(11);
    let (reals, fakes) = (normal.features(count, dim), normal.features(count, dim));
    let resampling = Resampling { half_samples: 20, seed: 1 };
    let of = |set, stream| Neighbourhood::of(set, 5, resampling, stream).unwrap();
    let (reals, fakes) = (of(&reals, 1), of(&fakes, 2));
    let pr = precision_recall(&reals, &fakes, 5).unwrap();
    let dc = density_coverage(&reals, &fakes, 5).unwrap();
    [pr.precision, pr.recall, dc.density, dc.coverage]
}

#[test]
fn a_set_is_at_distance_0_from_itself() {
    let reals = stored("reals.npy");
    assert_eq!(frechet_distance(&reals, &reals, plain()).unwrap().value, 0.0);
    // More dimensions than samples.
    let few = Normal::new(5).features(20, 50);
    assert_eq!(frechet_distance(&few, &few, plain()).unwrap().value, 0.0);
}

#[test]
fn an_interval_is_as_wide_as_repetitions_scatter() {
    let mut normal = Normal::new(23);
    let mut distances = Vec::new();
    let mut reaches = Vec::new();
    for seed in 0..60 {
        let fakes = crate::synthetic::shifted(&normal.features(500, 4), 0.5);
        let resampling = Resampling { half_samples: 40, seed };
        let found = frechet_distance(&normal.features(2000, 4), &fakes, resampling).unwrap();
        distances.push(found.value);
        reaches.push(found.interval.unwrap().high - found.value);
    }
    let mean = distances.iter().sum::<f64>() / 60.0;
    let deviation = (distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
    let reach = reaches.iter().sum::<f64>() / 60.0;
    assert!((reach / (1.96 * deviation) - 1.0).abs() < 0.3, "{reach} {deviation}");
}

#[test]
fn a_difference_counts_if_it_is_more_than_noise() {
    let mut normal = Normal::new(31);
    let (reals, fakes) = (normal.features(500, 4), normal.features(500, 4));
    let measure =
        |fakes: &Features| frechet_distance(&reals, fakes, Resampling::default()).unwrap();
    let better = measure(&fakes);
    assert_eq!(better.differs_from(&measure(&normal.features(500, 4))), Some(false));
    assert_eq!(better.differs_from(&measure(&crate::synthetic::shifted(&fakes, 1.0))), Some(true));
    let without = frechet_distance(&reals, &fakes, plain()).unwrap();
    assert_eq!(better.differs_from(&without), None);
}

#[test]
fn perfect_samples_of_the_ring_and_the_grid_have_the_known_quality() {
    for mixture in [Mixture::ring(), Mixture::grid()] {
        let mut normal = Normal::new(9);
        let modes = mixture.centres.len();
        let point =
            |at: usize| mixture.centres[at % modes].map(|c| c + mixture.sigma * normal.next());
        let points = (0..25_000).flat_map(point).map(|x| x as f32).collect();
        let points = Features::new(25_000, 2, points).unwrap();
        let score = mixture.score(&points, plain()).unwrap();
        assert_eq!(score.modes.value, modes as f64);
        assert_close(score.high_quality.value, 0.9889, 0.003);
        assert!(score.reverse_kl.value < 1e-9);
    }
    assert_eq!(Mixture::grid().centres.len(), 25);
}

#[test]
fn perfect_stacked_digits_are_at_the_known_divergence() {
    let mut normal = Normal::new(4);
    let mut digit = || (normal.unit() * 10.0) as usize;
    let digits: Vec<[usize; 3]> = (0..26_000).map(|_| [digit(), digit(), digit()]).collect();
    let modes = stacked_modes(&digits).unwrap();
    let report = category_report(&modes, &uniform_shares(STACKED_MODES), plain()).unwrap();
    assert_eq!(report.covered.value, 1000.0);
    assert_close(report.reverse_kl.value, 0.0193, 0.1);
    assert_eq!(stacked_modes(&[[1, 2, 3]]).unwrap(), [123]);
}
