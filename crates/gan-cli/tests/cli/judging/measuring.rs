use std::path::Path;

use serde_json::Value;

use crate::program::{command, gan_fails, gan_ok, stderr, tiny_data};

/// A run on tiny images, whose metrics take no time; its own cache, so that tests share nothing.
fn tiny_run(folder: &Path, seed: &str) {
    tiny_data(folder);
    gan_ok(folder, &["--data", "tiny", "--steps", "10", "--batch-size", "20", "--seed", seed]);
}

fn measure(folder: &Path, args: &[&str]) -> std::process::Output {
    let output =
        command(folder, args).env("XDG_CACHE_HOME", folder.join("cache")).output().unwrap();
    assert!(output.status.success(), "gan {args:?}: {}", stderr(&output));
    output
}

/// The numbers of `--json` by name: value and baseline.
fn numbers(output: &std::process::Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn number<'a>(numbers: &'a [Value], name: &str) -> &'a Value {
    numbers.iter().find(|number| number["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn a_run_is_measured_against_its_own_data_beside_the_baseline_and_remembers_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let output = measure(folder.path(), &["evaluate"]);
    let told = String::from_utf8(output.stdout).unwrap();
    // 200 images make two disjoint sets of 100; 4 × 4 is no size for the digit classifier.
    assert!(told.contains("fd_pixels_100") && told.contains("coverage_pixels_100"), "{told}");
    assert!(told.contains("baseline") && told.contains('×'), "{told}");
    let run = folder.path().join("runs/00000-tutorial-tiny");
    let kept = || std::fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let text = kept();
    let records: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let record = number(&records, "fd_pixels_100");
    assert_eq!(record["step"], 10);
    assert_eq!(record["samples"], 100);
    assert!(record["value"].as_f64().unwrap() > record["baseline"]["value"].as_f64().unwrap());
    assert!(record["extractor"]["hash"].as_str().unwrap().len() == 64);
    assert!(run.join("nearest.png").is_file());
    measure(folder.path(), &["evaluate"]);
    assert_eq!(kept(), text.repeat(2));
}

#[test]
fn a_damaged_cache_is_computed_anew_and_gives_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let first = measure(folder.path(), &["evaluate", "--json"]);
    let cache = folder.path().join("cache/gan/features");
    let files: Vec<_> = std::fs::read_dir(&cache).unwrap().map(|e| e.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let whole = std::fs::read(file).unwrap();
    // Another number of samples begins with the same images.
    measure(folder.path(), &["evaluate", "--json", "--samples", "50"]);
    assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 1);
    let last = whole.len() - 1;
    let mut changed = whole.clone();
    changed[last] ^= 1;
    for damaged in [&whole[..last], &changed] {
        std::fs::write(file, damaged).unwrap();
        let again = measure(folder.path(), &["evaluate", "--json"]);
        assert_eq!(numbers(&first), numbers(&again));
        assert!(std::fs::read(file).unwrap() == whole);
    }
}

#[test]
fn images_of_any_tool_are_measured_from_folders_and_real_ones_score_at_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    gan_ok(folder.path(), &["--steps", "1", "--batch-size", "10"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-99", "--out", "made"]);
    let idx = |name: &str, first: u32| {
        // Stripes at seven heights: unlike what an untrained generator draws.
        let data = folder.path().join(name);
        std::fs::create_dir_all(&data).unwrap();
        let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, 200, 0, 0, 0, 28, 0, 0, 0, 28];
        bytes.extend((0..200 * 784u32).map(|i| ((i / 28 + i / 784 + first) % 7 * 36) as u8));
        std::fs::write(data.join("images-idx3-ubyte"), bytes).unwrap();
    };
    idx("real", 0);
    idx("alike", 3);
    let fd = |fake: &str| {
        let args =
            ["evaluate", "--real", "real", "--fake", fake, "--json", "--extractor", "pixels"];
        let output = measure(folder.path(), &[&args[..], &["--samples", "100"]].concat());
        number(&numbers(&output), "fd_pixels_100")["value"].as_f64().unwrap()
    };
    assert!(fd("alike") < 0.1 * fd("made"), "{} {}", fd("alike"), fd("made"));
}

#[test]
fn the_digit_classifier_finds_digits_in_mnist_and_none_in_noise() {
    let folder = tempfile::tempdir().unwrap();
    gan_ok(folder.path(), &["--steps", "1", "--batch-size", "10"]);
    let output = measure(folder.path(), &["evaluate", "--samples", "500", "--json"]);
    let numbers = numbers(&output);
    let score = number(&numbers, "class_score_mnistcnn_500");
    assert!(score["baseline"]["value"].as_f64().unwrap() > 9.0, "{score}");
    assert!(score["value"].as_f64().unwrap() < 4.0, "{score}");
    let fd = number(&numbers, "fd_mnistcnn_500");
    assert!(fd["ratio_to_baseline"].as_f64().unwrap() > 10.0, "{fd}");
}

#[test]
fn a_comparison_says_what_is_noise_and_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    tiny_run(folder.path(), "1");
    let (a, b) = ("runs/00000-tutorial-tiny", "runs/00001-tutorial-tiny");
    let told = |args: &[&str]| String::from_utf8(measure(folder.path(), args).stdout).unwrap();
    let same = told(&["compare", a, a]);
    let fd = same.lines().find(|line| line.starts_with("fd_pixels_100")).unwrap();
    assert!(fd.contains('±') && fd.ends_with("A = B"), "{same}");
    let against_data = told(&["compare", b, "tiny"]);
    let fd = against_data.lines().find(|line| line.starts_with("fd_pixels_100")).unwrap();
    assert!(fd.ends_with("B better"), "{against_data}");
}

#[test]
fn a_conditional_generator_is_asked_for_each_class_as_often_as_its_data_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 200];
    labels.extend((0..200).map(|i| u8::from(i == 7)));
    std::fs::write(tiny_data(folder.path()).join("train-labels-idx1-ubyte"), labels).unwrap();
    let train = ["--conditional", "--data", "tiny", "--steps", "10", "--batch-size", "20"];
    gan_ok(folder.path(), &train);
    for class in ["0", "1"] {
        let out = format!("class{class}.npy");
        gan_ok(folder.path(), &["sample", "--class", class, "--seeds", "0-99", "--out", &out]);
    }
    let fd = |args: &[&str]| {
        let args = [&["evaluate", "--json", "--samples", "100"], args].concat();
        let numbers = numbers(&measure(folder.path(), &args));
        number(&numbers, "fd_pixels_100")["value"].as_f64().unwrap()
    };
    // One image in two hundred is of class 1, and none of the hundred whose classes are asked for. What
    // comes from a file has been rounded to bytes.
    let of_class = |file| fd(&["--real", "tiny", "--fake", file]);
    let [own, of_0, of_1] = [fd(&[]), of_class("class0.npy"), of_class("class1.npy")];
    assert!((own - of_0).abs() < 1e-3 * own, "{own} {of_0}");
    assert!((own - of_1).abs() > 5e-3 * own, "{own} {of_1}");
}

#[test]
fn sets_of_different_sizes_are_refused_unless_forced() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    gan_ok(folder.path(), &["sample", "--seeds", "0-49", "--out", "made"]);
    let args = ["evaluate", "--real", "tiny", "--fake", "made", "--samples", "100"];
    let told = gan_fails(folder.path(), &args, 2);
    assert!(told.contains("50") && told.contains("100") && told.contains("--force"), "{told}");
    measure(folder.path(), &[&args[..], &["--force"]].concat());
    let told = gan_fails(folder.path(), &["evaluate", "--samples", "201"], 2);
    assert!(told.contains("200") && told.contains("--samples"), "{told}");
}

#[test]
fn statistics_are_written_and_read_as_pytorch_fid_does() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let whole = measure(folder.path(), &["evaluate", "--save-statistics", "real.npz", "--json"]);
    let expected = number(&numbers(&whole), "fd_pixels_100")["value"].as_f64().unwrap();
    let output =
        measure(folder.path(), &["evaluate", "--real-statistics", "real.npz", "--samples", "100"]);
    let told = String::from_utf8(output.stdout).unwrap();
    let found: f64 = told.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!((found - expected).abs() < 1e-5 * expected, "{found} {expected}");
}

#[test]
fn what_cannot_be_measured_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let told = gan_fails(folder.path(), &["evaluate", "--extractor", "inception"], 2);
    assert!(told.contains("--inception-weights"), "{told}");
    let told = gan_fails(folder.path(), &["evaluate", "--extractor", "mnistcnn"], 1);
    assert!(told.contains("28"), "{told}");
    let told = gan_fails(folder.path(), &["evaluate", "--extractor", "nothing.safetensors"], 2);
    assert!(told.contains("train-extractor"), "{told}");
    std::fs::write(folder.path().join("broken.npz"), b"PK\x03\x04").unwrap();
    let told = gan_fails(folder.path(), &["evaluate", "--real-statistics", "broken.npz"], 1);
    assert!(told.contains("broken.npz"), "{told}");
}

#[test]
fn a_line_of_json_says_which_snapshot_and_data_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let output = measure(folder.path(), &["evaluate", "--json", "--samples", "20"]);
    let numbers = numbers(&output);
    let fd = number(&numbers, "fd_pixels_20");
    assert!(fd["snapshot"].as_str().unwrap().ends_with("snapshot-000010.safetensors"), "{fd}");
    assert_eq!(fd["step"], 10);
    assert_eq!(fd["data"], "tiny");
    assert_eq!(fd["data_checksum"].as_str().unwrap().len(), 8);
}

#[test]
fn each_row_says_which_way_is_better_and_a_sentence_says_what_it_means() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    let told = String::from_utf8(measure(folder.path(), &["evaluate"]).stdout).unwrap();
    let row = |name: &str| told.lines().find(|line| line.starts_with(name)).unwrap().trim_end();
    assert!(row("fd_pixels_100").ends_with("lower"), "{told}");
    assert!(row("recall_pixels_100").ends_with("as baseline"), "{told}");
    assert!(row("kid_pixels_100").ends_with("near 0"), "{told}");
    assert!(told.lines().last().unwrap().starts_with("In words: the samples"), "{told}");
}

#[test]
fn too_few_samples_are_refused_with_how_many_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    for samples in ["0", "1", "3"] {
        let told = gan_fails(folder.path(), &["evaluate", "--samples", samples], 2);
        assert!(told.contains("at least 4") && told.contains("--samples"), "{told}");
    }
    let largest = u64::MAX.to_string();
    let told = gan_fails(folder.path(), &["evaluate", "--seed", &largest], 2);
    assert!(told.contains("seed"), "{told}");
}

#[test]
fn stored_statistics_need_no_real_images() {
    let folder = tempfile::tempdir().unwrap();
    tiny_run(folder.path(), "0");
    measure(folder.path(), &["evaluate", "--save-statistics", "real.npz", "--json"]);
    let told = |args: &[&str]| {
        let args = [&["evaluate", "--real-statistics", "real.npz", "--samples", "60"], args];
        String::from_utf8(measure(folder.path(), &args.concat()).stdout).unwrap()
    };
    let with = told(&[]);
    std::fs::remove_dir_all(folder.path().join("tiny")).unwrap();
    assert_eq!(told(&[]), with);
}
