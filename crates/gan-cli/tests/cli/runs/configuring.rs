use std::path::Path;

use gan_training::Trajectory;
use serde_json::{Value, json};

use crate::program::{gan_fails, gan_ok, only_run, tiny_data};

/// The resolved configuration of `gan` with these flags.
fn resolved(folder: &Path, flags: &[&str]) -> Value {
    let output = gan_ok(folder, &[&["--dry-run"], flags].concat());
    serde_json::from_str(&output.stdout).unwrap()
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_preset() {
    let folder = tempfile::tempdir().unwrap();
    let toml = r#"
        [training]
        preset = "mlp"
        loss = "hinge"
        steps = 77
        [training.penalties]
        r1_gamma = { from = 1, to = 0.1, until = 0.5 }
        [training.stabilisers]
        generator_ema = "none"
        [training.generator]
        hidden = [32, 16]
    "#;
    std::fs::write(folder.path().join("some.toml"), toml).unwrap();
    let config = resolved(folder.path(), &["--config", "some.toml", "--steps", "99"]);
    let training = &config["training"];
    assert_eq!(training["steps"], 99);
    assert_eq!(training["loss"], "hinge");
    let schedule = json!({"from": 1.0, "to": 0.1, "until": 0.5});
    assert_eq!(training["penalties"]["r1_gamma"], schedule);
    assert_eq!(training["stabilisers"]["generator_ema"], Value::Null);
    assert_eq!(training["generator"]["hidden"], json!([32, 16]));
    // And what the file does not say is the preset's.
    assert_eq!(training["penalties"]["r2_gamma"], 0.3);
    assert_eq!(training["generator"]["activation"], "leaky-relu");
    assert_eq!(training["batch_size"], 128);
}

#[test]
fn the_schedules_of_a_preset_end_with_the_run_however_long_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let until = |flags: &[&str]| {
        let config = resolved(folder.path(), &[&["--preset", "dcgan"], flags].concat());
        ["generator_adam", "discriminator_adam"]
            .map(|adam| config["training"][adam]["learning_rate"]["until"].as_f64().unwrap())
    };
    for flags in [&[][..], &["--steps", "300"], &["--batch-size", "16"]] {
        assert_eq!(until(flags), [1.0; 2], "{flags:?}");
    }
    assert_eq!(until(&["--learning-rate", "1e-3:1e-4:0.5", "--steps", "300"]), [0.5; 2]);
    let conditional = ["--preset", "dcgan", "--conditional", "--steps", "300"];
    let gamma = &resolved(folder.path(), &conditional)["training"]["penalties"]["r1_gamma"];
    assert_eq!(gamma, &json!({"from": 0.3, "to": 0.03, "until": 1.0}));
}

#[test]
fn dcgan_told_the_classes_has_numbers_of_its_own_and_flags_stand_above_them() {
    let folder = tempfile::tempdir().unwrap();
    let told = |flags: &[&str]| {
        let told = ["--preset", "dcgan", "--conditional"];
        resolved(folder.path(), &[&told, flags].concat())["training"].clone()
    };
    assert_eq!(told(&[])["generator"]["output"], "sigmoid");
    let own = told(&["--output", "hard-sigmoid", "--r1-gamma", "0.2"]);
    assert_eq!(own["generator"]["output"], "hard-sigmoid");
    assert_eq!(own["penalties"]["r1_gamma"], 0.2);
    assert_eq!(own["penalties"]["r2_gamma"]["to"], 0.03);
}

#[test]
fn what_was_resolved_can_be_fed_back_whatever_flags_made_it() {
    let folder = tempfile::tempdir().unwrap();
    for flags in [
        &["--preset", "dcgan", "--dense", "0"][..],
        &["--preset", "dcgan", "--output", "sigmoid"],
        &["--preset", "dcgan", "--conditional"],
        &["--preset", "mlp", "--activation", "relu"],
        &["--preset", "r3", "--output", "linear"],
    ] {
        let config = resolved(folder.path(), flags);
        std::fs::write(folder.path().join("fed.json"), config.to_string()).unwrap();
        assert_eq!(resolved(folder.path(), &["--config", "fed.json"]), config, "{flags:?}");
    }
}

#[test]
fn flags_set_the_values_that_they_are_named_after() {
    let folder = tempfile::tempdir().unwrap();
    for (flags, place, value) in [
        (vec!["--loss", "least-squares"], "/loss", json!("least-squares")),
        (vec!["--r1-gamma", "0.5"], "/penalties/r1_gamma", json!(0.5)),
        (
            vec!["--r2-gamma", "1:0.1:0.5"],
            "/penalties/r2_gamma",
            json!({"from": 1.0, "to": 0.1, "until": 0.5}),
        ),
        (
            vec!["--gradient-penalty", "interpolates"],
            "/penalties/gradient_penalty",
            json!({"kind": "interpolates", "lambda": 10.0}),
        ),
        (
            vec!["--gradient-penalty", "dragan", "--gradient-penalty-weight", "5"],
            "/penalties/gradient_penalty",
            json!({"kind": "dragan", "lambda": 5.0, "std": 0.15}),
        ),
        (
            vec!["--gradient-penalty", "dragan", "--dragan-std", "0.3"],
            "/penalties/gradient_penalty/std",
            json!(0.3),
        ),
        (vec!["--weight-clip", "0.01"], "/penalties/weight_clip", json!(0.01)),
        (vec!["--real-target", "0.9"], "/penalties/real_target", json!(0.9)),
        (vec!["--d-steps", "3"], "/stabilisers/d_steps_per_g_step", json!(3)),
        (
            vec!["--ema-half-life", "500", "--ema-ramp-up", "0.05"],
            "/stabilisers/generator_ema",
            json!({"half_life_images": 500.0, "ramp_up": 0.05}),
        ),
        (vec!["--instance-noise", "0.1"], "/stabilisers/instance_noise", json!(0.1)),
        (
            vec!["--augment-translation", "0.125", "--augment-cutout", "0.5"],
            "/stabilisers/augmentation",
            json!({
                "brightness": 0.0, "saturation": 0.0, "contrast": 0.0, "translation": 0.125, "cutout": 0.5
            }),
        ),
        (vec!["--augment-brightness", "0.5"], "/stabilisers/augmentation/brightness", json!(0.5)),
        (vec!["--augment-saturation", "1"], "/stabilisers/augmentation/saturation", json!(1.0)),
        (vec!["--augment-contrast", "0.5"], "/stabilisers/augmentation/contrast", json!(0.5)),
        (vec!["--mirror"], "/stabilisers/mirror", json!(true)),
        (vec!["--max-grad-norm", "1"], "/stabilisers/max_grad_norm", json!(1.0)),
        (vec!["--learning-rate", "1e-4"], "/generator_adam/learning_rate", json!(1e-4)),
        (
            vec!["--learning-rate", "1e-4", "--learning-rate-d", "4e-4"],
            "/discriminator_adam/learning_rate",
            json!(4e-4),
        ),
        (vec!["--learning-rate-g", "3e-4"], "/generator_adam/learning_rate", json!(3e-4)),
        (vec!["--beta-1", "0"], "/discriminator_adam/beta_1", json!(0.0)),
        (vec!["--beta-1-g", "0.5"], "/generator_adam/beta_1", json!(0.5)),
        (vec!["--beta-2-d", "0.99"], "/discriminator_adam/beta_2", json!(0.99)),
        (vec!["--epsilon", "1e-7"], "/generator_adam/epsilon", json!(1e-7)),
        (vec!["--latent-dim", "16"], "/generator/latents/dim", json!(16)),
        (vec!["--latents", "normal"], "/generator/latents/distribution", json!("normal")),
        (vec!["--hidden", "64,32"], "/generator/hidden", json!([64, 32])),
        (vec!["--hidden", "64", "--hidden-d", "8"], "/discriminator/hidden", json!([8])),
        (vec!["--activation", "leaky-relu"], "/discriminator/activation", json!("leaky-relu")),
        (vec!["--spectral-norm"], "/discriminator/spectral_norm", json!(true)),
        (vec!["--output", "linear"], "/generator/output", json!("linear")),
        (vec!["--preset", "dcgan", "--width", "8"], "/discriminator/width", json!(8)),
        (vec!["--preset", "dcgan", "--width-g", "4"], "/generator/width", json!(4)),
        (vec!["--preset", "dcgan", "--dense", "16,8"], "/discriminator/dense", json!([16, 8])),
        (vec!["--preset", "dcgan", "--dense-g", "24"], "/generator/dense", json!([24])),
        (vec!["--preset", "r3", "--widths", "32,16"], "/generator/stages/widths", json!([32, 16])),
        (vec!["--preset", "r3", "--blocks", "1"], "/discriminator/stages/blocks", json!(1)),
        (vec!["--preset", "r3", "--patch", "7"], "/generator/stages/patch", json!(7)),
        (vec!["--snapshot-every", "5"], "/snapshot_every", json!(5)),
    ] {
        let config = resolved(folder.path(), &flags);
        assert_eq!(config["training"].pointer(place), Some(&value), "{flags:?}");
    }
    // What a preset has on can be turned off.
    let flags = ["--preset", "mlp", "--ema-half-life", "none", "--r1-gamma", "0"];
    let config = resolved(folder.path(), &flags);
    assert_eq!(config["training"]["stabilisers"]["generator_ema"], Value::Null);
    assert_eq!(config["training"]["penalties"]["r1_gamma"], 0.0);
}

/// Values that no flag sets: the shape is the data's, the kind of network the preset's.
const WITHOUT_A_FLAG: [&str; 2] = ["/image_shape", "/network"];

#[test]
fn every_value_of_a_configuration_has_a_flag() {
    let folder = tempfile::tempdir().unwrap();
    let help = gan_ok(folder.path(), &["train", "--help"]).stdout;
    let mut leaves = std::collections::BTreeSet::new();
    for preset in ["tutorial", "dcgan", "r3", "wgan-gp"] {
        let flags = ["--preset", preset, "--evaluate-every", "10", "--gradient-penalty", "dragan"];
        let config = resolved(folder.path(), &flags);
        collect_leaves(&config["training"], String::new(), &mut leaves);
    }
    assert!(leaves.len() > 40, "{leaves:?}");
    for leaf in leaves.iter().filter(|leaf| !WITHOUT_A_FLAG.iter().any(|end| leaf.ends_with(end))) {
        let name = flag_named_after(leaf);
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        let is_there = help.match_indices(&name).any(|(at, _)| is_whole(&help[at + name.len()..]));
        assert!(is_there, "{leaf}: no {name}");
    }
}

/// The places of all numbers, words and lists; a schedule is one value.
fn collect_leaves(value: &Value, place: String, leaves: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(table) if !table.contains_key("from") => {
            for (key, value) in table {
                collect_leaves(value, format!("{place}/{key}"), leaves);
            }
        }
        _ => {
            leaves.insert(place);
        }
    }
}

/// What the flag of the value at `place` is called.
fn flag_named_after(place: &str) -> String {
    let last = place.rsplit('/').next().unwrap();
    let name = match (place, last) {
        (_, "d_steps_per_g_step") => "d-steps".to_owned(),
        (_, "half_life_images" | "generator_ema") => "ema-half-life".to_owned(),
        (_, "ramp_up") => "ema-ramp-up".to_owned(),
        (_, "lambda") => "gradient-penalty-weight".to_owned(),
        (_, "kind") => "gradient-penalty".to_owned(),
        (_, "std") => "dragan-std".to_owned(),
        (_, "dim") => "latent-dim".to_owned(),
        (_, "distribution") => "latents".to_owned(),
        (_, "classes") => "conditional".to_owned(),
        (place, last) if place.contains("/augmentation/") => format!("augment-{last}"),
        (_, last) => last.replace('_', "-"),
    };
    format!("--{name}")
}

#[test]
fn impossible_combinations_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (flags, problem) in [
        (vec!["--weight-clip", "0.01", "--r1-gamma", "1"], "bound the same thing"),
        (
            vec!["--weight-clip", "0.01", "--gradient-penalty", "interpolates"],
            "bound the same thing",
        ),
        (vec!["--loss", "hinge", "--real-target", "0.9"], "no target to smooth"),
        (vec!["--gradient-penalty-weight", "5"], "needs --gradient-penalty"),
        (
            vec!["--gradient-penalty", "interpolates", "--dragan-std", "5"],
            "needs --gradient-penalty dragan",
        ),
        (vec!["--ema-ramp-up", "0.05"], "needs --ema-half-life"),
        (vec!["--learning-rate", "1:2:2000000"], "fraction of the run"),
        (vec!["--learning-rate", "fast"], "FROM:TO"),
        (vec!["--r1-gamma=-1"], "0 or above"),
        (vec!["--latents", "cauchy"], "normal"),
        (vec!["--d-steps", "0"], "between 1 and"),
        (vec!["--width", "8"], "only DCGAN networks have that choice"),
        (vec!["--dense", "8"], "only DCGAN networks have that choice"),
        (vec!["--preset", "dcgan", "--dense", "70000"], "between 1 and 65536"),
        (vec!["--preset", "dcgan", "--hidden-d", "8"], "only fully connected networks"),
        (vec!["--preset", "mlp", "--blocks", "2"], "only residual networks"),
        (vec!["--preset", "r3", "--patch", "3"], "divides"),
        (vec!["--hidden", "2000000"], "at most 100,000,000"),
        (vec!["--latent-dim", "65000", "--hidden", "8192"], "at most 100,000,000"),
        (vec!["--latent-dim", "1000000000"], "1 to 65,536"),
    ] {
        let told = gan_fails(folder.path(), &flags, 2);
        assert!(told.contains(problem), "{flags:?}: {told}");
    }
    // Unlikely, but possible.
    resolved(folder.path(), &["--loss", "textbook", "--r1-gamma", "1"]);
}

#[test]
fn a_key_that_no_configuration_has_is_refused_by_name_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    for (toml, key) in [
        ("seed = 3", "seed"),
        ("[training]\nlearning_rate = 1e-3", "learning_rate"),
        ("[training.penalties]\nr3_gamma = 1", "r3_gamma"),
        ("[training.stabilisers]\nema = 1", "ema"),
        ("[training.generator]\nwidth = 1", "width"),
        ("[training]\npreset = \"magic\"", "magic"),
        ("[training]\nsteps = ", "TOML"),
    ] {
        std::fs::write(folder.path().join("bad.toml"), toml).unwrap();
        let told = gan_fails(folder.path(), &["--config", "bad.toml"], 2);
        assert!(told.contains(key) && told.contains("bad.toml"), "{toml}: {told}");
    }
    std::fs::write(folder.path().join("mlp.toml"), "[training]\npreset = \"mlp\"").unwrap();
    let told = gan_fails(folder.path(), &["--config", "mlp.toml", "--preset", "tutorial"], 2);
    assert!(told.contains("mlp.toml") && told.contains("tutorial"), "{told}");
}

#[test]
fn a_configuration_is_not_run_on_data_that_have_changed_unless_they_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path()).join("train-images-idx3-ubyte");
    let flags = ["--data", "tiny", "--batch-size", "20", "--steps", "3"];
    gan_ok(folder.path(), &flags);
    let mut bytes = std::fs::read(&data).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&data, bytes).unwrap();
    let config = "runs/00000-tutorial-tiny/config.json";
    let told = gan_fails(folder.path(), &["--config", config], 2);
    assert!(told.contains("checksum") && told.contains("--data"), "{told}");
    gan_ok(folder.path(), &["--config", config, "--data", "tiny"]);
}

#[test]
fn help_has_a_line_for_each_preset() {
    let folder = tempfile::tempdir().unwrap();
    let told = gan_ok(folder.path(), &["train", "--help"]).stdout;
    for preset in gan_training::Preset::ALL {
        assert!(told.contains(&format!("- {}:", preset.name())), "{}: {told}", preset.name());
    }
}

#[test]
fn short_help_shows_what_a_newcomer_needs_and_long_help_everything() {
    let folder = tempfile::tempdir().unwrap();
    let short = gan_ok(folder.path(), &["-h"]).stdout;
    let long = gan_ok(folder.path(), &["--help"]).stdout;
    for flag in ["--preset", "--data", "--budget", "--steps", "--resume", "--loss"] {
        assert!(short.contains(flag) && long.contains(flag), "{flag}");
    }
    for flag in ["--beta-1-g", "--group-width", "--augment-cutout"] {
        assert!(!short.contains(flag) && long.contains(flag), "{flag}");
    }
}

#[test]
fn every_flag_has_help_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let long = gan_ok(folder.path(), &["train", "--help"]).stdout;
    let lines: Vec<&str> = long.lines().collect();
    for (flag, help) in lines.iter().zip(&lines[1..]) {
        let is_flag = flag.trim_start().starts_with("--");
        let help = help.trim();
        assert!(!is_flag || (!help.is_empty() && !help.starts_with('…')), "{flag}: `{help}`");
    }
}

#[test]
fn a_budget_sets_the_length_of_the_run_and_schedules_stay_relative_to_it() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let flags = ["--data", "tiny", "--preset", "mlp", "--hidden", "8", "--batch-size", "20"];
    let more = ["--learning-rate", "1e-3:1e-4:0.5", "--budget", "1s"];
    gan_ok(folder.path(), &[flags.as_slice(), &more].concat());
    let run = only_run(&folder.path().join("runs"));
    let config = std::fs::read(run.join("config.json")).unwrap();
    let config: Value = serde_json::from_slice(&config).unwrap();
    let trajectory: Trajectory =
        config["training"]["trajectory"].as_str().unwrap().parse().unwrap();
    assert_eq!(Some(trajectory.steps()), config["training"]["steps"].as_u64());
    // Half of the run, whatever its length.
    assert_eq!(config["training"]["generator_adam"]["learning_rate"]["until"], 0.5);
    let log = std::fs::read_to_string(run.join("log.txt")).unwrap();
    assert!(log.contains("schedules follow the time"), "{log}");
    gan_fails(folder.path(), &["--budget", "1s", "--steps", "5"], 2);
}

#[test]
fn every_preset_trains_stops_and_goes_on_to_the_bit() {
    for preset in ["mlp", "wgan-gp"] {
        let unbroken = tempfile::tempdir().unwrap();
        let broken = tempfile::tempdir().unwrap();
        let flags = ["--data", "tiny", "--preset", preset, "--hidden", "8", "--batch-size", "20"];
        let read = |folder: &Path, name: &str| {
            std::fs::read(only_run(&folder.join("runs")).join(name)).unwrap()
        };
        tiny_data(unbroken.path());
        gan_ok(unbroken.path(), &[flags.as_slice(), &["--steps", "20"]].concat());
        tiny_data(broken.path());
        gan_ok(broken.path(), &[flags.as_slice(), &["--steps", "9"]].concat());
        gan_ok(broken.path(), &["--resume", "--steps", "20"]);
        for name in ["checkpoint.safetensors", "snapshot-000020.safetensors", "fakes-000020.png"] {
            assert!(read(unbroken.path(), name) == read(broken.path(), name), "{preset}: {name}");
        }
    }
}
