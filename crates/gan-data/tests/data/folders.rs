//! Folders of IDX files.

use gan_data::{DataError, open};

use crate::files::{classes, folder, gzipped, idx, images, labels};

#[test]
fn training_images_come_before_test_images_with_their_labels_beside_them() {
    let folder = folder(&[
        ("t10k-images-idx3-ubyte", images(2, 100)),
        ("t10k-labels-idx1-ubyte", labels(&[8, 9])),
        ("train-images-idx3-ubyte.gz", gzipped(&images(3, 0))),
        ("train-labels-idx1-ubyte.gz", gzipped(&labels(&[1, 2, 3]))),
        ("README.txt", b"images of nothing".to_vec()),
    ]);
    let set = open(folder.path()).unwrap();
    assert_eq!((set.len(), set.shape()), (5, [1, 2, 3]));
    assert_eq!(*set.image(0).unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(*set.image(3).unwrap(), [100, 101, 102, 103, 104, 105]);
    assert_eq!(classes(&set), ["1", "2", "3", "8", "9"]);
    assert_eq!(set.labels().unwrap(), [0, 1, 2, 3, 4]);
    let name = folder.path().file_name().unwrap().to_string_lossy();
    assert_eq!(set.name(), name);
}

#[test]
fn files_are_found_under_the_names_of_mnists_relatives() {
    for (images_name, labels_name) in [
        ("emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("k49.idx3", "k49.idx1"),
    ] {
        let folder = folder(&[(images_name, images(2, 0)), (labels_name, labels(&[4, 5]))]);
        let set = open(folder.path()).unwrap();
        assert_eq!(classes(&set), ["4", "5"], "{images_name}");
    }
}

#[test]
fn images_without_labels_are_images() {
    let none = folder(&[("train-images-idx3-ubyte", images(2, 0))]);
    assert_eq!(open(none.path()).unwrap().labels(), None);
    // Labels for a part of the images are no labels of the set.
    let some = folder(&[
        ("train-images-idx3-ubyte", images(2, 0)),
        ("t10k-images-idx3-ubyte", images(2, 50)),
        ("t10k-labels-idx1-ubyte", labels(&[1, 2])),
    ]);
    let set = open(some.path()).unwrap();
    assert_eq!((set.len(), set.labels()), (4, None));
}

#[test]
fn a_file_and_its_gzipped_copy_are_read_once() {
    let folder = folder(&[
        ("train-images-idx3-ubyte", images(3, 0)),
        ("train-images-idx3-ubyte.gz", gzipped(&images(3, 0))),
        ("train-labels-idx1-ubyte", labels(&[1, 2, 3])),
        ("train-labels-idx1-ubyte.gz", gzipped(&labels(&[1, 2, 3]))),
    ]);
    let set = open(folder.path()).unwrap();
    assert_eq!(classes(&set), ["1", "2", "3"]);
}

#[test]
fn the_size_of_the_images_is_read_from_the_file() {
    let folder = folder(&[("train-images-idx3-ubyte", idx(8, &[2, 5, 7], &[9; 70]))]);
    assert_eq!(open(folder.path()).unwrap().shape(), [1, 5, 7]);
}

#[test]
fn images_of_another_size_than_the_rest_are_refused_by_name() {
    let folder = folder(&[
        ("train-images-idx3-ubyte", images(2, 0)),
        ("t10k-images-idx3-ubyte", idx(8, &[1, 3, 2], &[0; 6])),
    ]);
    let message = open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("t10k-images-idx3-ubyte"), "{message}");
    assert!(message.contains("[1, 3, 2]") && message.contains("[1, 2, 3]"), "{message}");
}

#[test]
fn labels_that_do_not_fit_their_images_are_refused_by_name() {
    let wrong = [labels(&[1]), labels(&[1, 2, 3]), idx(8, &[2, 1], &[1, 2]), vec![], vec![0; 3]];
    for bytes in wrong {
        let folder = folder(&[
            ("train-images-idx3-ubyte", images(2, 0)),
            ("train-labels-idx1-ubyte", bytes),
        ]);
        let message = open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("train-labels-idx1-ubyte"), "{message}");
    }
}

#[test]
fn labels_alone_or_tables_that_are_no_images_are_refused() {
    let only_labels = folder(&[("train-labels-idx1-ubyte", labels(&[1, 2]))]);
    let message = open(only_labels.path()).unwrap_err().to_string();
    assert!(message.contains("labels, not images"), "{message}");
    let flat = folder(&[("train-images-idx3-ubyte", idx(8, &[6], &[0; 6]))]);
    let message = open(flat.path()).unwrap_err().to_string();
    assert!(message.contains("3 dimensions"), "{message}");
}

#[test]
fn a_missing_or_empty_folder_is_refused_by_name() {
    let empty = folder(&[]);
    let message = open(empty.path()).unwrap_err().to_string();
    assert!(message.contains("it is empty") && message.contains("IDX"), "{message}");
    let missing = empty.path().join("missing");
    let error = open(&missing).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }));
    assert!(error.to_string().contains("missing"), "{error}");
}

#[test]
fn one_damaged_file_is_enough_to_refuse_the_folder() {
    let folder = folder(&[
        ("train-images-idx3-ubyte", images(2, 0)),
        ("t10k-images-idx3-ubyte.gz", gzipped(&images(2, 0))[..20].to_vec()),
    ]);
    let message = open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("t10k-images-idx3-ubyte.gz"), "{message}");
}

#[test]
fn several_data_sets_are_refused_until_one_is_named() {
    let folder = folder(&[
        ("emnist-digits-train-images-idx3-ubyte.gz", gzipped(&images(2, 0))),
        ("emnist-digits-train-labels-idx1-ubyte.gz", gzipped(&labels(&[1, 2]))),
        ("emnist-digits-test-images-idx3-ubyte.gz", gzipped(&images(1, 50))),
        ("emnist-letters-train-images-idx3-ubyte.gz", gzipped(&images(3, 100))),
    ]);
    let message = open(folder.path()).unwrap_err().to_string();
    assert!(message.contains("emnist-digits-*-images"), "{message}");
    assert!(message.contains("emnist-letters-*-images"), "{message}");
    assert!(message.contains("emnist-digits-train-images-idx3-ubyte.gz"), "{message}");

    let one = folder.path().join("emnist-digits-train-images-idx3-ubyte.gz");
    let set = open(one).unwrap();
    assert_eq!(classes(&set), ["1", "2"]);
    assert_eq!(set.name(), "emnist-digits-train-images-idx3-ubyte");
}

#[test]
fn what_is_no_image_source_is_refused_with_what_is_one() {
    let folder = folder(&[("a.png", crate::files::grey(0)), ("b.txt", b"text".to_vec())]);
    for (name, why) in [("a.png", "folder"), ("b.txt", ".npz"), ("nowhere", "cannot be read")] {
        let message = open(folder.path().join(name)).unwrap_err().to_string();
        assert!(message.contains(name) && message.contains(why), "{message}");
    }
}
