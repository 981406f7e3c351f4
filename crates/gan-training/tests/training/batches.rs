//! Which images a step trains on.

use gan_random::Rng;
use gan_training::Batches;

fn of(seed: u64, count: usize, batch_size: usize) -> Batches {
    Batches::new(Rng::new(seed), count, batch_size).unwrap()
}

#[test]
fn every_epoch_is_a_fresh_permutation_of_all_images() {
    let mut batches = of(1, 60, 10);
    let mut epochs = Vec::new();
    for epoch in 0..5 {
        let order: Vec<u32> =
            (0..6).flat_map(|batch| batches.indices(epoch * 6 + batch).to_vec()).collect();
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..60), "epoch {epoch}");
        assert!(!epochs.contains(&order), "epoch {epoch}");
        epochs.push(order);
    }
}

#[test]
fn no_image_comes_twice_in_one_epoch_where_batches_do_not_divide_the_images() {
    let mut batches = of(1, 25, 10);
    let mut seen_ever = [false; 25];
    for epoch in 0..20 {
        let mut seen: Vec<u32> =
            (0..2).flat_map(|batch| batches.indices(epoch * 2 + batch).to_vec()).collect();
        assert_eq!(seen.len(), 20);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 20, "epoch {epoch}");
        for index in seen {
            seen_ever[index as usize] = true;
        }
    }
    // The five that sit out are others every time.
    assert_eq!(seen_ever, [true; 25]);
}

#[test]
fn a_batch_is_a_function_of_seed_and_step_in_whatever_order_it_is_asked_for() {
    let mut forwards = of(7, 30, 7);
    let all: Vec<Vec<u32>> = (0..20).map(|step| forwards.indices(step).to_vec()).collect();
    let mut backwards = of(7, 30, 7);
    for step in (0..20).rev() {
        assert_eq!(backwards.indices(step), all[step as usize], "step {step}");
    }
    let mut alone = of(7, 30, 7);
    assert_eq!(alone.indices(13), all[13]);
    assert_ne!(of(8, 30, 7).indices(13), all[13]);
}

#[test]
fn one_batch_may_be_all_images_or_a_single_one() {
    let mut all = of(0, 5, 5).indices(3).to_vec();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3, 4]);
    assert_eq!(of(0, 1, 1).indices(1_000_000), [0]);
}

#[test]
fn a_far_step_is_as_good_as_a_near_one() {
    assert_eq!(of(0, 30, 7).indices(u64::MAX).len(), 7);
}

#[test]
fn a_batch_that_is_empty_or_larger_than_the_images_is_refused_by_name() {
    for batch_size in [0, 31, usize::MAX] {
        let error = Batches::new(Rng::new(0), 30, batch_size).unwrap_err();
        assert_eq!(error.field, "batch_size");
        assert!(error.to_string().contains("30"), "{error}");
    }
}
