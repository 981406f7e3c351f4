//! The numbers that follow from a seed.

use chacha20::rand_core::Rng as _;
use gan_random::{Rng, Stream};

/// One row of what `fixtures/random_reference.py`, an implementation of its own, prints.
struct Meaning {
    seed: u64,
    stream: Stream,
    index: u64,
    words: [u32; 4],
    word_1000: u32,
    uniform: [f32; 4],
    glorot: [f32; 4],
    order_of_10: [u32; 10],
    order_of_60000: [u32; 5],
}

const MEANINGS: [Meaning; 3] = [
    Meaning {
        seed: 0,
        stream: Stream::Samples,
        index: 0,
        words: [0xe2b7_1e09, 0x9e63_752f, 0xcecf_6803, 0x2498_f965],
        word_1000: 0x9633_af11,
        uniform: [0.771_213_3, 0.237_410_19, 0.615_704_54, -0.714_081_65],
        glorot: [0.125_107_32, 0.038_513_016, 0.099_880_464, -0.115_839_34],
        order_of_10: [7, 9, 2, 0, 3, 4, 1, 6, 5, 8],
        order_of_60000: [33_050, 19_045, 26_921, 48_781, 49_850],
    },
    Meaning {
        seed: 7,
        stream: Stream::DataOrder,
        index: 3,
        words: [0x7109_4799, 0xe1bc_1b89, 0xe7a1_6e17, 0x18b7_61da],
        word_1000: 0x06ed_6b9c,
        uniform: [-0.116_904_38, 0.763_553, 0.809_613_94, -0.806_903_7],
        glorot: [-0.018_964_393, 0.123_864_65, 0.131_336_72, -0.130_897_06],
        order_of_10: [6, 1, 2, 3, 9, 5, 0, 8, 7, 4],
        order_of_60000: [10_349, 32_593, 12_067, 8_389, 13_337],
    },
    Meaning {
        seed: u64::MAX,
        stream: Stream::GeneratorWeights,
        index: 1 << 63,
        words: [0x22c0_aa7b, 0xb616_2e37, 0xab32_d81f, 0xa71a_fd8f],
        word_1000: 0x5c3d_36e2,
        uniform: [-0.728_495_36, 0.422_551_87, 0.337_489_13, 0.305_511_12],
        glorot: [-0.118_177_55, 0.068_546_966, 0.054_747_965, 0.049_560_446],
        order_of_10: [3, 7, 0, 9, 8, 2, 4, 5, 6, 1],
        order_of_60000: [21_578, 41_216, 24_113, 9_063, 22_835],
    },
];

#[test]
fn a_seed_keeps_its_meaning() {
    for Meaning { seed, stream, index, words, word_1000, uniform, glorot, .. } in MEANINGS {
        let rng = Rng::new(seed);
        let mut drawing = rng.at(stream, index);
        let drawn: Vec<u32> = (0..1001).map(|_| drawing.next_u32()).collect();
        assert_eq!(drawn[..4], words, "seed {seed}");
        assert_eq!(drawn[1000], word_1000, "seed {seed}");
        assert_eq!(rng.uniform(stream, index, 4, -1.0, 1.0), uniform, "seed {seed}");
        let bound = 0.162_221_42;
        assert_eq!(rng.uniform(stream, index, 4, -bound, bound), glorot, "seed {seed}");
    }
}

#[test]
fn a_seed_keeps_its_permutations() {
    for Meaning { seed, stream, index, order_of_10, order_of_60000, .. } in MEANINGS {
        let rng = Rng::new(seed);
        assert_eq!(rng.permutation(stream, index, 10), order_of_10, "seed {seed}");
        let long = rng.permutation(stream, index, 60_000);
        assert_eq!(long[..5], order_of_60000, "seed {seed}");
    }
}

#[test]
fn streams_indices_and_seeds_share_no_numbers() {
    let streams = [
        Stream::GeneratorWeights,
        Stream::DiscriminatorWeights,
        Stream::DiscriminatorLatents,
        Stream::GeneratorLatents,
        Stream::DataOrder,
        Stream::Samples,
    ];
    let mut seen = std::collections::HashSet::new();
    for seed in [0, 1, 2, 6, u64::MAX] {
        for stream in streams {
            for index in [0, 1, 2, 6, 60_000] {
                let mut rng = Rng::new(seed).at(stream, index);
                assert!(seen.insert(rng.next_u64()), "seed {seed}, {stream:?}, index {index}");
            }
        }
    }
}

#[test]
fn more_numbers_of_one_draw_begin_with_the_same_ones() {
    let rng = Rng::new(5);
    let few = rng.uniform(Stream::Samples, 2, 10, -1.0, 1.0);
    let many = rng.uniform(Stream::Samples, 2, 1_000, -1.0, 1.0);
    assert_eq!(few, many[..10]);
}

#[test]
fn uniform_numbers_fill_their_range_and_never_reach_its_upper_end() {
    for bound in [1.0, 0.162_221_42, 1e-3] {
        let values = Rng::new(11).uniform(Stream::Samples, 0, 200_000, -bound, bound);
        assert!(values.iter().all(|value| (-bound..bound).contains(value)));
        let n = values.len() as f64;
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let variance = values.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n;
        // U[-b, b) has variance b²/3; five standard errors are enough for a fixed seed.
        let bound = f64::from(bound);
        let (mean_error, variance_error) =
            (bound * (1.0 / (3.0 * n)).sqrt(), bound * bound * (4.0 / (45.0 * n)).sqrt());
        assert!(mean.abs() < 5.0 * mean_error, "mean {mean}");
        assert!((variance - bound * bound / 3.0).abs() < 5.0 * variance_error, "{variance}");
        // All of ten equal parts get their tenth.
        let mut parts = [0u32; 10];
        for &value in &values {
            parts[((f64::from(value) / bound + 1.0) * 5.0) as usize] += 1;
        }
        assert!(parts.iter().all(|&part| part.abs_diff(20_000) < 700), "{parts:?}");
    }
}

#[test]
fn a_permutation_holds_every_number_once() {
    for count in [0, 1, 2, 3, 100, 1_000] {
        let mut order = Rng::new(3).permutation(Stream::DataOrder, 9, count);
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..count as u32), "{count}");
    }
}

#[test]
fn every_permutation_is_equally_likely() {
    // 24 permutations of 4, 1,000 expected of each. χ² with 23 degrees of freedom stays below 49.7
    // in 999 of 1,000 cases.
    let mut counts = std::collections::HashMap::new();
    for index in 0..24_000 {
        let order = Rng::new(1).permutation(Stream::DataOrder, index, 4);
        *counts.entry(order).or_insert(0u32) += 1;
    }
    assert_eq!(counts.len(), 24);
    let chi_square: f64 =
        counts.values().map(|&count| (f64::from(count) - 1_000.0).powi(2) / 1_000.0).sum();
    assert!(chi_square < 49.7, "{chi_square}");
}

#[test]
fn every_item_of_a_long_permutation_is_equally_likely_at_every_place() {
    // 17 × 17 pairs of item and place, 1,000 expected of each; 16² degrees of freedom, of which χ²
    // stays below 330.5 in 999 of 1,000 cases.
    const N: usize = 17;
    let mut counts = [[0u32; N]; N];
    for index in 0..N as u64 * 1_000 {
        let order = Rng::new(2).permutation(Stream::DataOrder, index, N);
        for (place, &item) in order.iter().enumerate() {
            counts[place][item as usize] += 1;
        }
    }
    let chi_square: f64 = counts
        .as_flattened()
        .iter()
        .map(|&count| (f64::from(count) - 1_000.0).powi(2) / 1_000.0)
        .sum();
    assert!(chi_square < 330.5, "{chi_square}");
}

#[test]
fn a_part_of_the_numbers_is_drawn_without_those_before_it() {
    let (rng, stream) = (Rng::new(5), Stream::RealNoise);
    let uniform = rng.uniform(stream, 9, 100, -1.0, 1.0);
    let normal = rng.normal(stream, 9, 100);
    for part in [0..100, 0..1, 1..2, 7..7, 16..48, 33..100, 99..100] {
        assert_eq!(rng.uniform_part(stream, 9, part.clone(), -1.0, 1.0), uniform[part.clone()]);
        assert_eq!(rng.normal_part(stream, 9, part.clone()), normal[part.clone()], "{part:?}");
    }
}
