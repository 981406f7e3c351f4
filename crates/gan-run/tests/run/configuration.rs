//! `config.json`.

use std::fs;

use gan_run::{RunConfig, RunError, RunWriter, names};
use gan_training::Loss;
use tempfile::tempdir;

use crate::config;

#[test]
fn a_configuration_reads_back_as_it_was_written_even_with_a_byte_order_mark() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(names::CONFIG);
    fs::write(&path, config().to_json()).unwrap();
    assert_eq!(RunConfig::read(&path).unwrap(), config());
    fs::write(&path, format!("\u{feff}{}", config().to_json())).unwrap();
    assert_eq!(RunConfig::read(&path).unwrap(), config());
}

#[test]
fn a_configuration_that_cannot_be_is_refused_with_the_file_and_the_field() {
    let folder = tempdir().unwrap();
    let path = folder.path().join(names::CONFIG);
    let mut wrong = config();
    wrong.training.batch_size = 0;
    for (text, part) in [
        (wrong.to_json(), "training.batch_size"),
        (config().to_json().replace("\"backend\"", "\"backnd\""), "backnd"),
        ("[]".to_owned(), "not a configuration"),
    ] {
        fs::write(&path, text).unwrap();
        let error = RunConfig::read(&path).unwrap_err();
        assert!(matches!(error, RunError::Config { .. }), "{error}");
        let told = error.to_string();
        assert!(told.contains(names::CONFIG) && told.contains(part), "{told}");
    }
}

#[test]
fn a_run_is_named_after_its_preset_its_changed_loss_its_classes_and_its_data() {
    let named = |change: fn(&mut RunConfig)| {
        let mut config = config();
        change(&mut config);
        config.run_name()
    };
    assert_eq!(named(|_| {}), "tutorial-mnist");
    assert_eq!(named(|run| run.training.loss = Loss::LeastSquares), "tutorial-least-squares-mnist");
    let with_classes = |run: &mut RunConfig| {
        run.training = run.training.clone().with_classes(Some(10));
    };
    assert_eq!(named(with_classes), "tutorial-conditional-mnist");
    assert_eq!(named(|run| run.data.name = "Больше кошек!".to_owned()), "tutorial-больше-кошек");
    assert_eq!(named(|run| run.data.name = "..".to_owned()), "tutorial-data");
}

#[test]
fn a_name_of_any_length_makes_a_folder() {
    let folder = tempdir().unwrap();
    for letter in ["a", "é", "猫"] {
        let mut config = config();
        config.data.name = letter.repeat(250);
        let run = RunWriter::create(folder.path(), &config).unwrap();
        assert!(run.dir().name().contains(letter));
    }
}

#[test]
fn differences_name_what_changes_the_steps_and_nothing_else() {
    let mut other = config();
    other.version = "9.9.9".to_owned();
    other.training.steps = 7;
    other.data.path = Some("/moved/mnist".into());
    assert_eq!(config().differences(&other), [""; 0]);
    other.training.batch_size = 64;
    other.training = other.training.with_classes(Some(10));
    other.data.checksum = "0badf00d".to_owned();
    let differences = config().differences(&other);
    let expected = [
        "data.checksum: \"00c0ffee\" → \"0badf00d\"",
        "training.batch_size: 100 → 64",
        "training.generator.classes: null → 10",
        "training.discriminator.classes: null → 10",
    ];
    for line in expected {
        assert!(differences.iter().any(|difference| difference == line), "{differences:?}");
    }
    assert_eq!(differences.len(), expected.len());
}
