//! What two samples of one distribution score, where theory knows it.

use gan_metrics::{
    Estimate, Features, Mixture, ModeHits, Neighbourhood, Resampling, density_coverage,
    frechet_distance, precision_recall,
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
    let resampling = Resampling { splits: 20, seed: 1 };
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
fn perfect_samples_of_the_ring_and_the_grid_have_the_known_quality() {
    for mixture in [Mixture::ring(), Mixture::grid()] {
        let mut normal = Normal::new(9);
        let modes = mixture.centres.len();
        let point =
            |at: usize| mixture.centres[at % modes].map(|c| c + mixture.sigma * normal.next());
        let points = (0..25_000).flat_map(point).map(|x| x as f32).collect();
        let points = Features::new(25_000, 2, points).unwrap();
        let score = mixture.hits(&points).unwrap().score(plain()).unwrap();
        assert_eq!(score.modes.value, modes as f64);
        assert_close(score.high_quality.unwrap().value, 0.9889, 0.003);
        assert!(score.reverse_kl.value < 1e-9);
    }
    assert_eq!(Mixture::grid().centres.len(), 25);
}

#[test]
fn perfect_stacked_digits_are_at_the_known_divergence() {
    let mut normal = Normal::new(4);
    let mut digit = || (normal.unit() * 10.0) as usize;
    let digits: Vec<[usize; 3]> = (0..26_000).map(|_| [digit(), digit(), digit()]).collect();
    let score = ModeHits::of_stacked_digits(&digits).unwrap().score(plain()).unwrap();
    assert_eq!(score.modes.value, 1000.0);
    assert_eq!(score.high_quality, None);
    assert_close(score.reverse_kl.value, 0.0193, 0.1);
    assert_eq!(ModeHits::of_stacked_digits(&[[1, 2, 3]]).unwrap().nearest, [123]);
}
