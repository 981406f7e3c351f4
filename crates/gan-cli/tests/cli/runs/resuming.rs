use std::path::Path;
use std::time::Duration;

use crate::program::{command, gan_fails, gan_ok, stderr, tiny_data};

const RUN: &str = "runs/00000-tutorial-tiny";

/// Flags of a small run that saves often.
const SMALL: [&str; 6] = ["--data", "tiny", "--batch-size", "20", "--report-every", "7"];

#[test]
fn a_run_that_stops_and_goes_on_equals_an_unbroken_one_to_the_bit_on_both_cpu_backends() {
    for backend in ["flex", "ndarray"] {
        let flags = [SMALL.as_slice(), &["--backend", backend]].concat();
        let unbroken = tempfile::tempdir().unwrap();
        tiny_data(unbroken.path());
        gan_ok(unbroken.path(), &[flags.as_slice(), &["--steps", "40"]].concat());
        let broken = tempfile::tempdir().unwrap();
        tiny_data(broken.path());
        gan_ok(broken.path(), &[flags.as_slice(), &["--steps", "20"]].concat());
        gan_ok(broken.path(), &["--resume", "--steps", "40"]);
        assert_same_results(unbroken.path(), broken.path());
    }
}

#[test]
fn a_run_that_was_killed_goes_on_and_equals_an_unbroken_one_to_the_bit() {
    let flags = [SMALL.as_slice(), &["--steps", "3000", "--checkpoint-every", "100"]].concat();
    let unbroken = tempfile::tempdir().unwrap();
    tiny_data(unbroken.path());
    gan_ok(unbroken.path(), &flags);

    let broken = tempfile::tempdir().unwrap();
    tiny_data(broken.path());
    let mut child = command(broken.path(), &flags).spawn().unwrap();
    let checkpoint = broken.path().join(RUN).join("checkpoint.safetensors");
    while !checkpoint.is_file() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its first checkpoint");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    gan_ok(broken.path(), &["train", "--resume"]);
    assert_same_results(unbroken.path(), broken.path());
    let statistics = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join(RUN).join("stats.jsonl")).unwrap();
        let without_time = |line: &str| line.split(",\"timing").next().unwrap().to_owned();
        text.lines().map(without_time).collect::<Vec<_>>()
    };
    assert_eq!(statistics(unbroken.path()), statistics(broken.path()));
}

#[test]
fn a_run_that_was_rolled_back_goes_on_with_the_random_numbers_of_its_checkpoint() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for (folder, steps) in folders.iter().zip(["40", "20"]) {
        tiny_data(folder.path());
        let flags = ["--seed", "3", "--learning-rate", "0.0005", "--steps", steps];
        gan_ok(folder.path(), &[SMALL.as_slice(), &flags].concat());
    }
    let [unbroken, broken] = folders.each_ref().map(|folder| folder.path().join(RUN));
    // As a rollback leaves it: the run was started with another seed and twice the rate.
    let config = std::fs::read_to_string(broken.join("config.json")).unwrap();
    let started = config.replace("\"seed\": 3", "\"seed\": 8").replace("0.0005", "0.001");
    assert_ne!(started, config);
    std::fs::write(broken.join("config.json"), started).unwrap();
    let mut events = std::fs::read_to_string(broken.join("events.jsonl")).unwrap();
    events += "{\"time\": 0.0, \"event\": \"rolled-back\", \"from_step\": 12, \"step\": 10}\n";
    std::fs::write(broken.join("events.jsonl"), events).unwrap();

    let told = gan_ok(folders[1].path(), &["--resume", "--steps", "40"]);
    assert!(told.stderr.contains("rolled back: from step 20 on with its seed 3"), "{told:?}");
    let snapshot = |run: &Path| std::fs::read(run.join("snapshot-000040.safetensors")).unwrap();
    assert!(snapshot(&unbroken) == snapshot(&broken), "not the run that it was");
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_sigterm_finish_the_step_save_and_say_how_to_go_on() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        tiny_data(folder.path());
        let flags = [SMALL.as_slice(), &["--steps", "10000000"]].concat();
        let child = command(folder.path(), &flags).spawn().unwrap();
        let stats = folder.path().join(RUN).join("stats.jsonl");
        while !stats.metadata().is_ok_and(|file| file.len() > 0) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let id = child.id().to_string();
        std::process::Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(130), "{told}");
        assert!(told.contains(&format!("gan train --resume {RUN}")), "{told}");
        assert!(folder.path().join(RUN).join("checkpoint.safetensors").is_file());
        let page = std::fs::read_to_string(folder.path().join(RUN).join("report.html")).unwrap();
        assert!(page.contains("chip stopped"));
        gan_ok(folder.path(), &["sample", RUN]);
    }
}

#[test]
fn resuming_with_another_configuration_is_refused_with_the_difference_unless_it_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &[SMALL.as_slice(), &["--steps", "10"]].concat());
    let flags = ["--resume", "--steps", "20", "--batch-size", "10", "--backend", "ndarray"];
    let told = gan_fails(folder.path(), &flags, 2);
    assert!(told.contains("training.batch_size: 20 → 10"), "{told}");
    assert!(told.contains("backend: \"flex\" → \"ndarray\""), "{told}");
    gan_ok(folder.path(), &[flags.as_slice(), &["--allow-change"]].concat());
}

#[test]
fn resuming_on_data_that_has_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path()).join("train-images-idx3-ubyte");
    gan_ok(folder.path(), &[SMALL.as_slice(), &["--steps", "10"]].concat());
    let mut bytes = std::fs::read(&data).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&data, bytes).unwrap();
    let told = gan_fails(folder.path(), &["--resume", "--steps", "20"], 2);
    assert!(told.contains("data.checksum"), "{told}");
}

#[test]
fn a_run_in_use_is_refused_and_goes_on_undisturbed() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let flags = [SMALL.as_slice(), &["--steps", "10000000"]].concat();
    let mut child = command(folder.path(), &flags).spawn().unwrap();
    while !folder.path().join(RUN).join("config.json").is_file() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = gan_fails(folder.path(), &["--resume", RUN], 1);
    assert!(told.contains("in use"), "{told}");
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn resuming_opens_no_gpu() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &[SMALL.as_slice(), &["--steps", "10"]].concat());
    // The Vulkan loader speaks up when it is opened, if it is told to.
    let output = command(folder.path(), &["--resume", "--steps", "20", "--backend", "flex"])
        .env("VK_LOADER_DEBUG", "all")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!stderr(&output).contains("vulkan"), "{}", stderr(&output));
}

fn assert_same_results(unbroken: &Path, broken: &Path) {
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(RUN).join(name)).unwrap();
    let names: Vec<String> = std::fs::read_dir(unbroken.join(RUN))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            name.ends_with(".safetensors") || name.starts_with("fakes") || name == "samples.gif"
        })
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        assert!(read(unbroken, &name) == read(broken, &name), "{name} differs");
    }
}

#[test]
fn a_preset_cannot_be_changed_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &[SMALL.as_slice(), &["--steps", "10"]].concat());
    let config = || std::fs::read(folder.path().join(RUN).join("config.json")).unwrap();
    let before = config();
    let flags = ["--resume", "--steps", "20", "--preset", "mlp", "--allow-change"];
    let told = gan_fails(folder.path(), &flags, 2);
    assert!(told.contains("--preset mlp") && told.contains("tutorial"), "{told}");
    assert_eq!(config(), before);
    gan_ok(folder.path(), &["--resume", "--steps", "20", "--preset", "tutorial"]);
}

#[test]
fn a_folder_that_is_no_run_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("other")).unwrap();
    let told = gan_fails(folder.path(), &["--resume", "other"], 1);
    assert!(told.contains("no run here") && told.contains("gan"), "{told}");
    assert_eq!(std::fs::read_dir(folder.path().join("other")).unwrap().count(), 0);
}

#[test]
fn data_that_has_moved_resumes_with_its_new_path() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &[SMALL.as_slice(), &["--steps", "10"]].concat());
    std::fs::rename(folder.path().join("tiny"), folder.path().join("moved")).unwrap();
    gan_fails(folder.path(), &["--resume", "--steps", "20"], 1);
    gan_ok(folder.path(), &["--resume", "--steps", "20", "--data", "moved"]);
    gan_ok(folder.path(), &["--resume", "--steps", "30"]);
}

#[test]
fn an_old_picture_that_is_damaged_is_left_out_of_the_animation_and_named() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--batch-size", "20", "--steps", "4"]);
    let run = folder.path().join("runs/00000-tutorial-tiny");
    std::fs::write(run.join("fakes-000000.png"), b"no picture").unwrap();
    let told = gan_ok(folder.path(), &["--resume", "--steps", "6", "--allow-change"]).stderr;
    assert!(told.contains("fakes-000000.png: damaged") && told.contains("1 grid "), "{told}");
    assert!(run.join("samples.gif").exists());
}
