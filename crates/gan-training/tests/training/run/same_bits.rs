//! The same seed gives the same run, to the bit.

use burn::tensor::Device;
use gan_data::ImageSet;
use gan_training::{Preset, Trainer, TrainingConfig};

use crate::{devices, small};

#[test]
fn n_steps_a_stop_and_n_more_equal_2n_unbroken_to_the_bit() {
    for (backend, device) in devices::both() {
        let mut unbroken = small::trainer(&device);
        small::advance(&mut unbroken, 40);
        let expected = unbroken.checkpoint().unwrap();

        for stops in [&[20][..], &[0], &[1], &[39], &[7, 13, 26]] {
            let mut trainer = small::trainer(&device);
            let mut done = 0;
            for &stop in stops {
                small::advance(&mut trainer, stop - done);
                done = stop;
                let bytes = trainer.checkpoint().unwrap();
                trainer = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
                assert_eq!(trainer.step(), stop);
            }
            small::advance(&mut trainer, 40 - done);
            assert!(trainer.checkpoint().unwrap() == expected, "{backend}, stopped at {stops:?}");
        }
        assert_eq!(small::generator_weights(&unbroken).len(), 4);
    }
}

#[test]
fn reading_losses_changes_no_bit_of_a_run_and_no_mean_of_a_report() {
    let device = Device::flex();
    let (mut seldom, mut often) = (small::trainer(&device), small::trainer(&device));
    small::advance(&mut seldom, 12);
    for _ in 0..12 {
        often.advance().unwrap();
        often.report().unwrap();
    }
    assert_eq!(seldom.report(), often.report());
    assert!(seldom.checkpoint().unwrap() == often.checkpoint().unwrap());
}

#[test]
fn a_resumed_run_reports_what_an_unbroken_one_would() {
    let device = Device::flex();
    let mut unbroken = small::trainer(&device);
    small::advance(&mut unbroken, 12);
    let mut stopped = small::trainer(&device);
    small::advance(&mut stopped, 5);
    let bytes = stopped.checkpoint().unwrap();
    let mut resumed = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
    small::advance(&mut resumed, 7);
    assert_eq!(resumed.report(), unbroken.report());
    assert_eq!(resumed.images_seen(), 120);
}

#[test]
fn a_resumed_run_draws_the_same_samples_and_snapshots() {
    for (backend, device) in devices::both() {
        let mut before = small::trainer(&device);
        small::advance(&mut before, 5);
        let bytes = before.checkpoint().unwrap();
        let after = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
        assert_eq!(before.samples().dims(), [16, 1, 4, 4]);
        assert_eq!(before.samples().into_data(), after.samples().into_data(), "{backend}");
        assert_eq!(
            before.reals().unwrap().into_data(),
            after.reals().unwrap().into_data(),
            "{backend}"
        );
        let (before, after) = (before.snapshot("1.0.0"), after.snapshot("1.0.0"));
        assert_eq!(before.as_bytes(), after.as_bytes(), "{backend}");
        let info = before.info();
        assert_eq!((info.step, info.images_seen, info.seed), (5, 50, 3));
        assert_eq!((info.preset.as_str(), info.data.as_str()), ("tutorial", "bars"));
    }
}

/// A checkpoint after some steps of the tutorial's networks, on made-up images of MNIST's size, in
/// a pool of `threads`.
fn tutorial_sized(seed: u64, threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        assert_eq!(rayon::current_num_threads(), threads);
        let bytes = (0..300 * 784).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
        let images = ImageSet::new("noise", [1, 28, 28], bytes.collect(), None).unwrap();
        let config = TrainingConfig { seed, ..Preset::Tutorial.config([1, 28, 28]) };
        let mut trainer = Trainer::new(config.for_data(images).unwrap(), &Device::flex());
        small::advance(&mut trainer, 10);
        trainer.checkpoint().unwrap()
    })
}

#[test]
fn a_seed_gives_the_same_bits_on_flex_at_any_number_of_threads_and_another_seed_others() {
    let one = tutorial_sized(5, 1);
    for threads in [2, 3] {
        assert!(one == tutorial_sized(5, threads), "{threads} threads");
    }
    assert!(one != tutorial_sized(6, 1));
}
