//! `gan train-extractor`.

use std::path::Path;

use crate::program::{gan_fails, gan_ok, tiny_data};

/// 140 images of 8 × 8, dark ones of class 0 and then bright ones of class 1.
fn sorted_by_class(folder: &Path) {
    let data = folder.join("sorted");
    std::fs::create_dir_all(&data).unwrap();
    let label = |index: u32| u8::from(index >= 70);
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 140, 0, 0, 0, 8, 0, 0, 0, 8];
    images.extend((0..140 * 64).map(|i| label(i / 64) * 200 + (i % 13) as u8));
    std::fs::write(data.join("train-images-idx3-ubyte"), images).unwrap();
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 140];
    labels.extend((0..140).map(label));
    std::fs::write(data.join("train-labels-idx1-ubyte"), labels).unwrap();
}

#[test]
fn it_writes_a_classifier_and_says_how_good_it_is() {
    let folder = tempfile::tempdir().unwrap();
    sorted_by_class(folder.path());
    let train = |out: &str, threads: &str| {
        let args = ["--data", "sorted", "--epochs", "20", "--seed", "3", "--threads", threads];
        gan_ok(folder.path(), &[&["train-extractor", "--out", out], &args[..]].concat())
    };
    let output = train("a.safetensors", "1");
    let told = output.stdout;
    // Every seventh image is for testing, or no dark one would be.
    assert!(told.contains("test accuracy 100.00 %"), "{told}");
    assert!(told.contains("a.safetensors"), "{told}");

    let file = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let text = String::from_utf8_lossy(&file("a.safetensors")).into_owned();
    assert!(text.contains("sortedcnn") && text.contains(r#"test_images\":20"#));
    train("b.safetensors", "2");
    assert!(file("a.safetensors") == file("b.safetensors"));
}

#[test]
fn images_without_labels_and_images_too_small_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path());
    let args = ["train-extractor", "--data", "tiny"];
    let told = gan_fails(folder.path(), &args, 1);
    assert!(told.contains("no labels") && told.contains("tiny"), "{told}");

    let labels = [&[0, 0, 8, 1, 0, 0, 0, 200][..], &[0, 1].repeat(100)].concat();
    std::fs::write(data.join("train-labels-idx1-ubyte"), labels).unwrap();
    let told = gan_fails(folder.path(), &args, 1);
    assert!(told.contains("4 × 4") && told.contains("8 to 64"), "{told}");
    assert!(!folder.path().join("extractor.safetensors").exists());
}
