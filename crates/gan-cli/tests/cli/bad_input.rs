use std::path::Path;

use crate::program::{gan_fails, gan_ok, tiny_data};

#[test]
fn data_that_cannot_be_used_is_named_with_what_is_wrong_and_makes_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let place = folder.path().join(name);
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("train-images-idx3-ubyte"), bytes).unwrap();
    };
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    file("empty", b"");
    file("short", &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3]);
    file("hostile", &[0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 1]);
    file("other", b"GIF89a");
    for (data, problem) in [
        ("missing", "cannot be read"),
        ("nothing", "no images here"),
        ("empty", "not a whole IDX file"),
        ("short", "cut short"),
        ("hostile", "promises"),
        ("other", "none of 1 pictures can be read"),
    ] {
        let told = gan_fails(folder.path(), &["--data", data, "--steps", "5"], 1);
        assert!(told.contains(problem) && told.contains(data), "{data}: {told}");
        assert!(!folder.path().join("runs").exists());
    }
}

#[test]
fn impossible_flags_are_refused_with_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    for (args, problem) in [
        (vec!["--batch-size", "0"], "--batch-size is 0"),
        (vec!["--batch-size", "70001"], "number of images"),
        (vec!["--steps", "0"], "--steps is 0"),
        (vec!["--report-every", "0"], "--report-every"),
        (vec!["--budget", "soon"], "--budget"),
        (vec!["--budget", "99999999999999h"], "--budget"),
        (vec!["--backend", "tpu"], "flex"),
        (vec!["--backend", "cuda"], "--features cuda"),
        (vec!["--no-such-flag"], "--no-such-flag"),
        (vec!["--epochs", "3"], "'--steps'"),
        (vec!["--threads", "1000000000"], "from 1 to 1024"),
        (vec!["sample", "--frames", "0"], "from 1 to 1000"),
        (vec!["sample", "--num-keyframes", "9223372036854775808"], "from 1 to"),
        (vec!["--allow-change"], "--resume"),
    ] {
        let told = gan_fails(folder.path(), &args, 2);
        assert!(told.contains(problem), "{args:?}: {told}");
    }
    assert!(!folder.path().join("runs").exists());
}

#[test]
fn a_configuration_with_an_unknown_key_or_an_impossible_number_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = gan_ok(folder.path(), &["--dry-run"]);
    let good: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    type Damage = fn(&mut serde_json::Value);
    let damages: [(Damage, &str); 5] = [
        (|config| config["training"]["momentum"] = 1.into(), "momentum"),
        (|config| config["training"]["generator_adam"]["beta_1"] = 2.into(), "beta_1"),
        (|config| config["training"]["generator"]["hidden"] = vec![0].into(), "hidden"),
        (|config| config["training"]["generator"]["latents"]["dim"] = u64::MAX.into(), "dim"),
        (|config| config["backend"] = "abacus".into(), "abacus"),
    ];
    for (damage, problem) in damages {
        let mut config = good.clone();
        damage(&mut config);
        std::fs::write(folder.path().join("bad.json"), config.to_string()).unwrap();
        let told = gan_fails(folder.path(), &["--config", "bad.json"], 2);
        assert!(told.contains(problem) && told.contains("bad.json"), "{told}");
    }
}

#[test]
fn files_that_are_no_snapshot_or_a_damaged_one_are_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "3", "--batch-size", "20"]);
    let run = folder.path().join("runs/00000-tutorial-tiny");
    let good = std::fs::read(run.join("snapshot-000003.safetensors")).unwrap();
    let refused = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        for command in ["sample", "info"] {
            let told = gan_fails(folder.path(), &[command, name], 1);
            assert!(told.contains(name), "{told}");
        }
    };
    refused("empty.safetensors", b"");
    refused("other.safetensors", b"not what it says");
    refused("hostile.safetensors", &[255; 64]);
    refused("short.safetensors", &good[..good.len() - 1]);
    refused("half.safetensors", &good[..good.len() / 2]);
    let told =
        gan_fails(folder.path(), &["sample", "runs/00000-tutorial-tiny/checkpoint.safetensors"], 1);
    assert!(told.contains("not a snapshot"), "{told}");
    gan_fails(folder.path(), &["sample", "missing.safetensors"], 1);
}

#[test]
fn a_damaged_checkpoint_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "3", "--batch-size", "20"]);
    let file = folder.path().join("runs/00000-tutorial-tiny/checkpoint.safetensors");
    let good = std::fs::read(&file).unwrap();
    for length in [0, 7, good.len() / 3, good.len() - 1] {
        std::fs::write(&file, &good[..length]).unwrap();
        let told = gan_fails(folder.path(), &["--resume", "--steps", "6"], 1);
        assert!(told.contains("checkpoint.safetensors"), "{told}");
        assert_eq!(std::fs::read(&file).unwrap(), good[..length]);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    std::fs::write(folder.path().join("a-file"), "here first").unwrap();
    let told = gan_fails(folder.path(), &["--data", "tiny", "--outdir", "a-file"], 1);
    assert!(told.contains("a-file"), "{told}");
    assert_eq!(std::fs::read_to_string(folder.path().join("a-file")).unwrap(), "here first");
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "3", "--batch-size", "20"]);
    let told = gan_fails(folder.path(), &["sample", "--out", "no/such/place.png"], 1);
    assert!(told.contains("place.png"), "{told}");
    gan_fails(folder.path(), &["--resume", "nowhere"], 1);
    gan_fails(Path::new("/"), &["info", "no-such-file"], 1);
}

#[test]
fn several_processes_take_a_build_with_mpi_and_a_launcher() {
    let folder = tempfile::tempdir().unwrap();
    let told = gan_fails(folder.path(), &["train", "--distributed", "mpi"], 2);
    let remedy = if cfg!(feature = "mpi") { "mpirun -n 2" } else { "--features mpi" };
    assert!(told.contains("--distributed mpi") && told.contains(remedy), "{told}");
    let told = gan_fails(folder.path(), &["train", "--distributed", "gossip"], 2);
    assert!(told.contains("mpi"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_pipe_among_pictures_is_not_waited_for_and_named() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "2", "--batch-size", "20"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-3", "--out", "pictures"]);
    let pipe = folder.path().join("pictures/pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let told = gan_fails(folder.path(), &["data", "inspect", "pictures"], 1);
    assert!(told.contains("pipe.png: a pipe or a device"), "{told}");
}

#[test]
fn augmentation_of_points_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let synth = ["data", "synth", "ring", "--samples", "200", "--out", "ring.npz"];
    gan_ok(folder.path(), &synth);
    let told = gan_fails(folder.path(), &["--data", "ring.npz", "--augment-cutout", "0.5"], 2);
    assert!(told.contains("points"), "{told}");
}
