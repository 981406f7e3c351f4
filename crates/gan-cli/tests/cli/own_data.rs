//! Images of one's own: what is said of them, what is kept, and what is refused.

use std::path::Path;

use gan_data::picture::{Picture, encode_png};

use crate::program::{gan_fails, gan_ok};

/// Grey pictures of 12 × 12, one of them in colour and larger, in two folders; and a damaged one.
fn folder(damaged: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, side: usize, channels: usize, shade: u8| {
        let path = folder.path().join("set").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = (0..side * side * channels).map(|i| shade.wrapping_add(i as u8)).collect();
        let picture = Picture { width: side, height: side, channels, bytes };
        std::fs::write(path, encode_png(&picture, &[]).unwrap()).unwrap();
    };
    for index in 0..60 {
        write(&format!("cat/{index}.png"), 12, 1, index);
        write(&format!("dog/{index}.png"), 12, 1, 100 + index);
    }
    write("dog/large.png", 20, 3, 7);
    for index in 0..damaged {
        std::fs::write(folder.path().join(format!("set/dog/bad{index}.png")), b"<html>").unwrap();
    }
    folder
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_folder_trains_and_its_run_keeps_what_became_of_it() {
    let folder = folder(1);
    let train =
        ["train", "--data", "set", "--steps", "2", "--batch-size", "10", "--resolution", "12"];
    gan_ok(folder.path(), &train);
    let run =
        std::fs::read_dir(folder.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    let log = text(&run.join("log.txt"));
    assert!(log.contains("read 121 images (121 PNG)"), "{log}");
    assert!(log.contains("rule: 12 × 12 in colour, transparency over white"), "{log}");
    assert!(log.contains("skipped: 1 (dog/bad0.png: a web page"), "{log}");
    assert!(text(&run.join("data.json")).contains("grey shown in colour"));
    let config = text(&run.join("config.json"));
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["data"]["classes"], serde_json::json!(["cat", "dog"]));
    assert_eq!(config["data"]["rule"]["resolution"], serde_json::json!([12, 12]));
    // The run resumes with its rule, without a flag.
    gan_ok(folder.path(), &["--resume", "--steps", "3"]);
}

#[test]
fn images_of_ones_own_get_what_suits_them_and_are_told_which_flag_changes_it() {
    let folder = folder(0);
    let chosen = |flags: &[&str]| {
        let output = gan_ok(folder.path(), &[&["--data", "set", "--dry-run"], flags].concat());
        let config: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        (config["training"].clone(), output.stderr)
    };
    let (training, told) = chosen(&["--resolution", "32"]);
    assert_eq!(training["preset"], "dcgan");
    assert_eq!(training["stabilisers"]["augmentation"]["translation"], 0.125);
    let first = told.lines().find(|line| line.starts_with("preset dcgan")).unwrap();
    for word in ["32 × 32", "--preset", "--width", "--steps", "--batch-size", "121 images are few"]
    {
        assert!(first.contains(word), "{word}: {first}");
    }
    // What is small, or no DCGAN's size, is trained on with fully connected layers.
    assert_eq!(chosen(&["--resolution", "12"]).0["preset"], "mlp");
    assert_eq!(chosen(&["--resolution", "20x32"]).0["preset"], "mlp");
    // A named preset is that preset.
    let (training, told) = chosen(&["--resolution", "32", "--preset", "dcgan"]);
    assert_eq!(training["stabilisers"]["augmentation"]["translation"], 0.0);
    assert!(!told.contains("--width"), "{told}");
    // A flag of other networks is refused with the reason.
    let wrong = ["--data", "set", "--resolution", "32", "--hidden", "8", "--dry-run"];
    let told = gan_fails(folder.path(), &wrong, 2);
    assert!(told.contains("preset dcgan unless --preset names another"), "{told}");
}

#[test]
fn too_much_damage_is_refused_until_it_is_accepted() {
    let folder = folder(5);
    let train = ["train", "--data", "set", "--steps", "1", "--batch-size", "10"];
    let message = gan_fails(folder.path(), &train, 1);
    assert!(
        message.contains("5 of 126 pictures") && message.contains("--strict=false"),
        "{message}"
    );
    gan_ok(folder.path(), &[&train[..], &["--strict=false"]].concat());
}

#[test]
fn data_is_inspected_and_packed() {
    let folder = folder(0);
    let inspect = ["data", "inspect", "set", "--json", "--sheet", "sheet.png"];
    let found = gan_ok(folder.path(), &inspect);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["inspection"]["classes"]["cat"], 60);
    assert!(folder.path().join("sheet.png").is_file());
    gan_ok(folder.path(), &["data", "pack", "set", "set.packed", "--resolution", "12"]);
    gan_ok(folder.path(), &["train", "--data", "set.packed", "--steps", "2", "--batch-size", "10"]);
}
