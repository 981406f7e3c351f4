//! What ranks of one process promise.

use gan_collective::{Collective, InProcess, Single, agree, in_process};

/// What each rank makes of `work`, each in its own thread.
fn on_each<R: Send>(ranks: usize, work: impl Fn(InProcess) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            in_process(ranks).into_iter().map(|rank| scope.spawn(|| work(rank))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no rank panics")).collect()
    })
}

#[test]
fn sums_are_taken_in_the_order_of_ranks_and_are_the_same_bits_on_all() {
    // In f32 the order counts: (1e8 + 1) − 1e8 is 0, (1e8 − 1e8) + 1 is 1.
    for (terms, expected) in [([1e8, 1.0, -1e8], 0.0_f32), ([1e8, -1e8, 1.0], 1.0)] {
        for _ in 0..20 {
            let sums = on_each(3, |rank| {
                let mut values = [terms[rank.rank()]];
                rank.sum(&mut values);
                values[0]
            });
            assert_eq!(sums, [expected; 3]);
        }
    }
}

#[test]
fn bytes_of_any_length_come_in_the_order_of_ranks() {
    let heard = on_each(3, |rank| {
        let said = rank.gather(&vec![rank.rank() as u8; 10 * rank.rank()]);
        rank.barrier();
        (said, rank.broadcast(2, &[7, rank.rank() as u8]))
    });
    for (said, broadcast) in heard {
        assert_eq!(said, [vec![], vec![1; 10], vec![2; 20]]);
        assert_eq!(broadcast, [7, 2]);
    }
}

#[test]
fn values_of_all_ranks_are_gathered_to_the_bit() {
    let value = |rank: usize| [0.1 + rank as f32, f32::MIN_POSITIVE * rank as f32];
    for all in on_each(3, |rank| rank.gather_values(&value(rank.rank()))) {
        assert_eq!(all, [value(0), value(1), value(2)].concat());
    }
}

#[test]
fn a_batch_is_shared_equally_or_not_at_all() {
    let parts = on_each(3, |rank| [rank.part(12), rank.part(13), rank.part(0)]);
    assert_eq!(
        parts.iter().map(|part| part[0].clone().unwrap()).collect::<Vec<_>>(),
        [0..4, 4..8, 8..12]
    );
    assert!(parts.iter().all(|part| part[1].is_none() && part[2].is_none()));
    assert_eq!(Single.part(7), Some(0..7));
}

#[test]
fn the_first_difference_is_named_with_its_rank_on_all_ranks() {
    let facts = |rank: usize| {
        let batch = if rank == 2 { "64" } else { "128" };
        [("version", "1"), ("batch_size", batch)].map(|(name, value)| (name.into(), value.into()))
    };
    for refused in on_each(3, |rank| agree(&rank, &facts(rank.rank()))) {
        let message = refused.unwrap_err().to_string();
        assert_eq!(message, "batch_size is 64 on rank 2 (this process), but 128 on rank 0");
    }
    for refused in on_each(2, |rank| agree(&rank, &facts(rank.rank())[rank.rank()..])) {
        let message = refused.unwrap_err().to_string();
        assert!(message.starts_with("version is not there on rank 1"), "{message}");
    }
    assert!(on_each(2, |rank| agree(&rank, &facts(0))).into_iter().all(|agreed| agreed.is_ok()));
}

#[test]
fn a_rank_that_panics_leaves_nobody_waiting() {
    let threads: Vec<_> = in_process(2)
        .into_iter()
        .map(|rank| {
            std::thread::spawn(move || {
                assert!(rank.rank() == 0, "on purpose");
                rank.barrier();
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().is_err()));
}
