use crate::program::{gan, gan_fails, gan_ok, tiny_data, tiny_labels};

const SNAPSHOT: &str = "runs/00000-tutorial-conditional-tiny/snapshot-000010.safetensors";

#[test]
fn a_generator_leaves_in_every_format_and_comes_back_drawing_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path());
    tiny_labels(&data);
    let train = ["--data", "tiny", "--conditional", "--steps", "10", "--batch-size", "20"];
    gan_ok(folder.path(), &train);
    gan_ok(folder.path(), &["export"]);
    gan_ok(folder.path(), &["export", "--out", "generator.npz"]);
    gan_ok(folder.path(), &["export", "--discriminator", "--out", "discriminator.onnx"]);
    let output = gan_ok(folder.path(), &["export", "--out", "generator.pth"]);
    assert_eq!(output.stdout, "generator.pth\ngenerator.py\n");
    for file in ["generator.onnx", "generator.npz", "discriminator.onnx"] {
        assert!(std::fs::metadata(folder.path().join(file)).unwrap().len() > 1_000, "{file}");
    }
    let snapshot = std::fs::read(folder.path().join(SNAPSHOT)).unwrap();
    let told = gan_ok(folder.path(), &["info", "generator.onnx"]).stdout;
    assert!(told.contains(&gan_weights::sha256(&snapshot)), "{told}");
    for part in ["latents [batch, 100], classes [batch]", "images [batch, 1, 4, 4]", "gan-run-seed"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    let told = gan_ok(folder.path(), &["info", "discriminator.onnx"]).stdout;
    assert!(told.contains("gan-checkpoint") && told.contains("logits [batch, 1]"), "{told}");
    std::fs::write(folder.path().join("no.onnx"), "no network").unwrap();
    assert!(gan_fails(folder.path(), &["info", "no.onnx"], 1).contains("no ONNX file"));

    gan_ok(folder.path(), &["import", "generator.pth"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-7", "--out", "before.png"]);
    gan_ok(
        folder.path(),
        &["sample", "imported.safetensors", "--seeds", "0-7", "--out", "after.png"],
    );
    let pixels = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        gan_data::picture::decode_png(&bytes).unwrap()
    };
    assert_eq!(pixels("before.png"), pixels("after.png"));
}

#[test]
fn what_cannot_be_exported_or_imported_is_said() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "10", "--batch-size", "20"]);
    let told = gan_fails(folder.path(), &["export", "--out", "generator.tflite"], 2);
    assert!(told.contains(".onnx, .pth or .npz"), "{told}");
    let told = gan_fails(folder.path(), &["export", "--out", "2.pth"], 2);
    assert!(told.contains("generator.pth"), "{told}");
    let snapshot = "runs/00000-tutorial-tiny/snapshot-000010.safetensors";
    let told = gan_fails(folder.path(), &["export", snapshot, "--discriminator"], 1);
    assert!(told.contains("a snapshot holds the generator alone"), "{told}");
    let told = gan_fails(folder.path(), &["import", snapshot], 1);
    assert!(told.contains("a snapshot already"), "{told}");
    std::fs::write(folder.path().join("torn.pth"), b"PK\x03\x04torn").unwrap();
    gan_fails(folder.path(), &["import", "torn.pth", "--as", "dcgan"], 1);
    assert!(!folder.path().join("imported.safetensors").exists());
}

#[test]
fn a_picture_is_drawn_again_from_what_it_says_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let train = ["--data", "tiny", "--steps", "10", "--snapshot-every", "5", "--batch-size", "20"];
    gan_ok(folder.path(), &train);
    let first = "runs/00000-tutorial-tiny/snapshot-000005.safetensors";
    let sample = ["--seeds", "3-8", "--grid", "3x2", "--scale", "2", "--truncation", "0.5"];
    gan_ok(folder.path(), &[&["sample", first], &sample[..]].concat());
    let output = gan_ok(folder.path(), &["reproduce", "samples.png"]);
    assert!(output.stdout.contains("the same to the bit"), "{}", output.stdout);
    assert!(output.stdout.contains("snapshot-000005"), "{}", output.stdout);

    // An animation is no picture of `gan sample`.
    gan_ok(folder.path(), &["interpolate", first, "--seeds", "0-1", "--out", "walk.apng"]);
    let told = gan_fails(folder.path(), &["reproduce", "walk.apng"], 1);
    assert!(told.contains("animation") && told.contains("gan interpolate"), "{told}");

    // A folder of runs, and what a configuration file sets.
    let told = gan_ok(folder.path(), &["info", "runs"]).stdout;
    assert!(told.contains("00000-tutorial-tiny") && told.contains("10 steps"), "{told}");
    std::fs::write(folder.path().join("few.toml"), "[training]\nseed = 3\n").unwrap();
    let told = gan_ok(folder.path(), &["info", "few.toml"]).stdout;
    assert!(told.contains("training.seed") && told.contains('3'), "{told}");

    // Another picture under the same text is found out.
    let path = folder.path().join("samples.png");
    let bytes = std::fs::read(&path).unwrap();
    let text = gan_data::picture::png_text(&bytes).unwrap();
    let text: Vec<_> = text.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    let mut picture = gan_data::picture::decode_png(&bytes).unwrap();
    picture.bytes[0] ^= 1;
    std::fs::write(&path, gan_data::picture::encode_png(&picture, &text).unwrap()).unwrap();
    let told = gan_fails(folder.path(), &["reproduce", "samples.png"], 1);
    assert!(told.contains("1 of 384 values differ, by up to 1 of 255"), "{told}");

    // Without the snapshot there is nothing to draw from.
    std::fs::remove_file(folder.path().join(first)).unwrap();
    let output = gan(folder.path(), &["reproduce", "samples.png"]);
    assert_eq!(output.code, 1);
    assert!(output.stderr.contains("none of the"), "{}", output.stderr);
}
