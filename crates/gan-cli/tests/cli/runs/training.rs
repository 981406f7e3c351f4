use std::path::Path;

use crate::program::{gan_fails, gan_ok, only_run, process, tiny_data};

#[test]
fn one_command_trains_on_mnist_and_leaves_a_folder_with_everything() {
    let folder = tempfile::tempdir().unwrap();
    let output = gan_ok(folder.path(), &["--steps", "20", "--report-every", "10"]);
    let run = folder.path().join("runs/00000-tutorial-mnist");
    for name in [
        "config.json",
        "log.txt",
        "stats.jsonl",
        "events.jsonl",
        "report.html",
        "reals.png",
        "fakes-000000.png",
        "fakes-000020.png",
        "samples.gif",
        "snapshot-000020.safetensors",
        "checkpoint.safetensors",
    ] {
        assert!(run.join(name).metadata().is_ok_and(|file| file.len() > 0), "{name}");
    }
    let told = output.stderr;
    assert!(told.contains("step     10") && told.contains("gan sample"), "{told}");
    let stats = std::fs::read_to_string(run.join("stats.jsonl")).unwrap();
    let steps: Vec<u64> = stats
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["progress/step"].as_u64().unwrap())
        .collect();
    assert_eq!(steps, [10, 20]);
}

#[test]
fn the_same_seed_gives_the_same_bits_with_any_number_of_threads_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = |outdir: &str, flags: &[&str]| {
        let mut args = vec!["--steps", "5", "--outdir", outdir];
        args.extend(flags);
        // A process has one number of threads.
        assert_eq!(process(folder.path(), &args).code, 0);
        std::fs::read(
            folder.path().join(outdir).join("00000-tutorial-mnist/snapshot-000005.safetensors"),
        )
        .unwrap()
    };
    let one = snapshot("one", &["--threads", "1"]);
    assert_eq!(one, snapshot("two", &["--threads", "2"]));
    assert_ne!(one, snapshot("other", &["--seed", "1"]));
}

#[test]
fn a_dry_run_shows_the_configuration_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = gan_ok(folder.path(), &["train", "--dry-run", "--batch-size", "50"]);
    let config: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(config["training"]["batch_size"], 50);
    assert_eq!(config["training"]["generator_adam"]["epsilon"], 1e-8);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_saved_configuration_can_be_fed_back_and_repeats_the_run() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "7", "--seed", "3", "--batch-size", "20"]);
    let first = folder.path().join("runs/00000-tutorial-tiny");
    gan_ok(folder.path(), &["--config", "runs/00000-tutorial-tiny/config.json"]);
    let second = folder.path().join("runs/00001-tutorial-tiny");
    for name in ["config.json", "snapshot-000007.safetensors", "checkpoint.safetensors"] {
        assert_eq!(read(&first, name), read(&second, name), "{name}");
    }
}

#[test]
fn a_budget_ends_the_run_in_time_with_a_film() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let start = std::time::Instant::now();
    gan_ok(folder.path(), &["--data", "tiny", "--budget", "2s"]);
    // Generous: how fast the machine is decides how many steps, not whether it ends.
    assert!(start.elapsed().as_secs() < 60);
    let run = only_run(&folder.path().join("runs"));
    assert!(run.join("samples.gif").is_file());
    gan_ok(folder.path(), &["sample"]);

    // What each step followed is on file, and repeats the run; and the run can go on.
    let checkpoint = read(&run, "checkpoint.safetensors");
    gan_ok(folder.path(), &["--config", "runs/00000-tutorial-tiny/config.json"]);
    let again = folder.path().join("runs/00001-tutorial-tiny");
    assert!(read(&again, "checkpoint.safetensors") == checkpoint);
    assert!(read(&again, "config.json") == read(&run, "config.json"));
    gan_ok(folder.path(), &["--resume", "runs/00000-tutorial-tiny", "--budget", "1s"]);
    assert!(read(&run, "checkpoint.safetensors") != checkpoint);
}

#[test]
fn a_loss_that_is_not_finite_ends_the_run_with_its_step_and_keeps_what_was_good() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let data = ["--data", "tiny", "--batch-size", "50", "--checkpoint-every", "5"];
    gan_ok(folder.path(), &[data.as_slice(), &["--steps", "5", "--snapshot-every", "5"]].concat());
    let run = folder.path().join("runs/00000-tutorial-tiny");
    let mut config: serde_json::Value = serde_json::from_slice(&read(&run, "config.json")).unwrap();
    config["training"]["loss"] = "textbook".into();
    config["training"]["steps"] = 5_000.into();
    config["training"]["discriminator_adam"]["learning_rate"] = 1.0.into();
    std::fs::write(folder.path().join("wild.json"), config.to_string()).unwrap();

    let told = gan_fails(folder.path(), &["--config", "wild.json"], 3);
    assert!(told.contains("at step ") && told.contains("--loss non-saturating"), "{told}");
    let wild = folder.path().join("runs/00001-tutorial-textbook-tiny");
    let log = String::from_utf8(read(&wild, "log.txt")).unwrap();
    assert!(log.contains("at step "), "{log}");
    let page = String::from_utf8(read(&wild, "report.html")).unwrap();
    assert!(page.contains("chip failed"));
    if wild.join("checkpoint.safetensors").is_file() {
        gan_ok(
            folder.path(),
            &["info", "runs/00001-tutorial-textbook-tiny/checkpoint.safetensors"],
        );
    }
}

fn read(run: &Path, name: &str) -> Vec<u8> {
    std::fs::read(run.join(name)).unwrap()
}
