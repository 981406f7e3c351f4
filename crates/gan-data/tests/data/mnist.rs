//! The embedded MNIST is the real one.
#![cfg(feature = "mnist")]

use std::path::Path;
use std::sync::OnceLock;

use gan_data::{ImageSet, mnist, open};

/// Unpacked once for all tests of this file.
fn set() -> &'static ImageSet {
    static SET: OnceLock<ImageSet> = OnceLock::new();
    SET.get_or_init(|| mnist().unwrap())
}

fn counts(labels: &[u32]) -> [usize; 10] {
    let mut counts = [0; 10];
    for &label in labels {
        counts[label as usize] += 1;
    }
    counts
}

#[test]
fn it_has_the_70_000_images_of_mnist_with_as_many_of_each_digit() {
    let (set, labels) = (set(), set().labels().unwrap());
    assert_eq!((set.name(), set.len(), set.shape()), ("mnist", 70_000, [1, 28, 28]));
    assert_eq!(
        counts(labels),
        [6_903, 7_877, 6_990, 7_141, 6_824, 6_313, 6_876, 7_293, 6_825, 6_958]
    );
    // The training part first, the test part last.
    assert_eq!(
        counts(&labels[..60_000]),
        [5_923, 6_742, 5_958, 6_131, 5_842, 5_421, 5_918, 6_265, 5_851, 5_949]
    );
    assert_eq!(labels[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(labels[60_000..60_005], [7, 2, 1, 0, 4]);
}

#[test]
fn its_pixels_have_the_mean_and_std_that_everyone_quotes() {
    // 0.1307 and 0.3081, of the training images.
    let mut histogram = [0u64; 256];
    for index in 0..60_000 {
        for &pixel in set().image(index).unwrap().iter() {
            histogram[usize::from(pixel)] += 1;
        }
    }
    let moment = |power: i32| -> f64 {
        let sum: f64 = histogram
            .iter()
            .enumerate()
            .map(|(byte, &count)| (byte as f64 / 255.0).powi(power) * count as f64)
            .sum();
        sum / (60_000.0 * 784.0)
    };
    let (mean, std) = (moment(1), (moment(2) - moment(1).powi(2)).sqrt());
    assert!((mean - 0.1307).abs() < 5e-5, "{mean}");
    assert!((std - 0.3081).abs() < 5e-5, "{std}");
}

#[test]
fn it_equals_the_original_files_where_they_are_at_hand() {
    let near = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mnist");
    if !near.is_dir() {
        eprintln!("skipped: the original files are not in {}", near.display());
        return;
    }
    let original = open(&near).unwrap();
    assert_eq!(original.checksum(), set().checksum());
    assert!(original == *set(), "equal to the byte, labels and name included");
}
