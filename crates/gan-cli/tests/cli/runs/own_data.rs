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
    for word in ["32 × 32", "--preset", "--width", "--steps", "--batch-size", "few: 121"] {
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
fn classes_are_drawn_by_the_names_of_their_folders() {
    let folder = folder(0);
    let train = ["train", "--data", "set", "--conditional", "--resolution", "12", "--steps", "2"];
    gan_ok(folder.path(), &[&train[..], &["--batch-size", "10"]].concat());
    gan_ok(folder.path(), &["sample", "--class", "dog,cat", "--grid", "3x2"]);
    let told = gan_ok(folder.path(), &["info", "samples.png"]).stdout;
    assert!(told.contains("gan-classes") && told.contains("dog,cat"), "{told}");
    gan_ok(folder.path(), &["reproduce", "samples.png"]);
    // The same by number.
    gan_ok(folder.path(), &["sample", "--class", "1", "--seeds", "3", "--out", "one"]);
    gan_ok(folder.path(), &["sample", "--class", "DOG", "--seeds", "3", "--out", "two"]);
    let file = "class1-dog-seed0003.png";
    let [one, two] = ["one", "two"].map(|out| std::fs::read(folder.path().join(out).join(file)));
    assert_eq!(one.unwrap(), two.unwrap());
    for (class, told) in [("100", "cat, dog"), ("dgo", "did you mean dog?")] {
        let message = gan_fails(folder.path(), &["sample", "--class", class], 2);
        assert!(message.contains(told), "{class}: {message}");
    }
    let told = gan_ok(folder.path(), &["info", "runs/00000-mlp-conditional-set"]).stdout;
    assert!(told.contains("2: cat, dog"), "{told}");
}

#[test]
fn measuring_takes_what_training_takes_and_the_rule_of_the_run() {
    let folder = folder(0);
    // The pictures are 12 × 12, but the run has them on black, 8 × 8, stretched.
    let rule = ["--resolution", "8", "--fit", "stretch", "--background", "black"];
    let train = ["train", "--data", "set", "--steps", "2", "--batch-size", "10"];
    gan_ok(folder.path(), &[&train[..], &rule].concat());
    let few = ["--samples", "50", "--json"];
    let own = gan_ok(folder.path(), &[&["evaluate"], &few[..]].concat());
    let named = gan_ok(folder.path(), &[&["evaluate", "--real", "set"], &few[..]].concat());
    let checksum = |output: &str| {
        let line: serde_json::Value = serde_json::from_str(output.lines().next().unwrap()).unwrap();
        line["data_checksum"].as_str().unwrap().to_owned()
    };
    assert_eq!(checksum(&own.stdout), checksum(&named.stdout));
    // Two folders are measured by the flags' rule.
    let two = ["evaluate", "--real", "set", "--fake", "set"];
    let fitted = gan_ok(folder.path(), &[&two[..], &few, &rule].concat());
    assert_eq!(checksum(&own.stdout), checksum(&fitted.stdout));
    let extractor = ["train-extractor", "--data", "set", "--epochs", "1", "--resolution", "8"];
    gan_ok(folder.path(), &extractor);
}

/// The first digits of MNIST in every form that people keep them in: file or folder, by its name.
fn digits(folder: &Path) -> [&'static str; 6] {
    const COUNT: usize = 60;
    let mnist = gan_data::mnist().unwrap();
    let images: Vec<Vec<u8>> = (0..COUNT).map(|i| mnist.image(i).unwrap().into_owned()).collect();
    let (values, dims) = (images.concat(), [COUNT as u64, 28, 28]);
    let picture = |pixels: &[u8], format| {
        let image = image::GrayImage::from_raw(28, 28, pixels.to_vec()).unwrap();
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let write = |name: String, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (index, pixels) in images.iter().enumerate() {
        let png = picture(pixels, image::ImageFormat::Png);
        write(format!("png/{index}.png"), &png);
        write(format!("tiff/{index}.tiff"), &picture(pixels, image::ImageFormat::Tiff));
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{index}.png"), options).unwrap();
        std::io::Write::write_all(&mut archive, &png).unwrap();
    }
    write("digits.zip".into(), &archive.finish().unwrap().into_inner());
    write("digits.npy".into(), &gan_data::numpy::npy(&dims, &values).unwrap());
    let header = [0, 0, 8, 3, 0, 0, 0, COUNT as u8, 0, 0, 0, 28, 0, 0, 0, 28];
    write("idx/train-images-idx3-ubyte".into(), &[&header[..], &values].concat());
    gan_ok(folder, &["data", "pack", "digits.npy", "digits.packed"]);
    ["png", "tiff", "digits.zip", "digits.npy", "idx", "digits.packed"]
}

#[test]
fn the_same_digits_train_to_the_same_bits_however_they_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let mut drawn = Vec::new();
    for (at, data) in digits(folder.path()).into_iter().enumerate() {
        let outdir = format!("runs{at}");
        let train = ["--data", data, "--preset", "tutorial", "--steps", "3", "--batch-size", "20"];
        gan_ok(folder.path(), &[&train[..], &["--outdir", &outdir]].concat());
        gan_ok(folder.path(), &["sample", "--outdir", &outdir, "--seeds", "0-3", "--out", "x.npy"]);
        drawn.push((data, std::fs::read(folder.path().join("x.npy")).unwrap()));
    }
    for (data, bytes) in &drawn[1..] {
        assert_eq!(*bytes, drawn[0].1, "{data}");
    }
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
