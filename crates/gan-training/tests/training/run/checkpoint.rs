//! Checkpoints: whole, or refused with a reason.

use burn::tensor::{Device, TensorData};
use gan_data::ImageSet;
use gan_training::{CheckpointError, Trainer};
use gan_weights::{NamedTensors, WeightFile, WeightsError, write_weight_file};
use safetensors::SafeTensors;
use serde_json::{Value, json};

use crate::{devices, small};

const KEY: &str = "gan-checkpoint";

/// A checkpoint after five steps.
fn whole() -> Vec<u8> {
    let mut trainer = small::trainer(&Device::flex());
    small::advance(&mut trainer, 5);
    trainer.checkpoint().unwrap()
}

fn open(bytes: &[u8]) -> Result<Trainer, CheckpointError> {
    Trainer::from_checkpoint(bytes, small::images(), &Device::flex())
}

fn problem(bytes: &[u8]) -> CheckpointError {
    open(bytes).err().expect("refused")
}

/// The same checkpoint with another description or other tensors.
fn rebuilt(
    bytes: &[u8],
    change_state: impl FnOnce(&mut Value),
    change_tensors: impl FnOnce(&mut NamedTensors),
) -> Vec<u8> {
    let file = WeightFile::parse(bytes).unwrap();
    let mut state: Value = serde_json::from_str(file.metadata(KEY).unwrap()).unwrap();
    change_state(&mut state);
    let mut tensors: NamedTensors = SafeTensors::deserialize(bytes)
        .unwrap()
        .iter()
        .map(|(name, view)| (name.to_owned(), file.tensor(name, view.shape()).unwrap()))
        .collect();
    change_tensors(&mut tensors);
    write_weight_file(&tensors, KEY, state.to_string())
}

fn header_length(bytes: &[u8]) -> usize {
    8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize
}

#[test]
fn a_checkpoint_comes_back_to_the_bit_on_both_cpu_backends() {
    for (backend, device) in devices::both() {
        for steps in [0, 1, 5] {
            let mut trainer = small::trainer(&device);
            small::advance(&mut trainer, steps);
            let bytes = trainer.checkpoint().unwrap();
            let mut back = Trainer::from_checkpoint(&bytes, small::images(), &device).unwrap();
            assert_eq!(back.config(), trainer.config());
            assert_eq!(back.step(), steps);
            assert!(back.checkpoint().unwrap() == bytes, "{backend}, {steps} steps");
        }
    }
}

#[test]
fn a_checkpoint_moves_to_another_backend_with_every_number() {
    let bytes = whole();
    let mut moved = Trainer::from_checkpoint(&bytes, small::images(), &devices::ndarray()).unwrap();
    assert!(moved.checkpoint().unwrap() == bytes);
    moved.advance().unwrap();
    assert!(moved.report().is_ok());
}

#[test]
fn a_checkpoint_holds_networks_and_both_moments_of_every_parameter() {
    let bytes = whole();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    let mut expected = Vec::new();
    for network in ["generator", "discriminator"] {
        for tensor in ["hidden.0.weight", "hidden.0.bias", "output.weight", "output.bias"] {
            expected.push(format!("{network}.{tensor}"));
            expected.push(format!("{network}_adam.{tensor}.moment_1"));
            expected.push(format!("{network}_adam.{tensor}.moment_2"));
        }
    }
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn a_checkpoint_says_what_it_is_without_its_networks_being_built() {
    let (config, step) = Trainer::describe_checkpoint(&whole()).unwrap();
    assert_eq!((config, step), (small::config(), 5));
}

#[test]
fn a_checkpoint_cut_short_anywhere_is_refused() {
    let bytes = whole();
    let header = header_length(&bytes);
    let places = (0..=header).step_by(3).chain((header..bytes.len()).step_by(61));
    for length in places.chain([header - 1, header + 1, bytes.len() - 1]) {
        let error = problem(&bytes[..length]);
        assert!(
            matches!(error, CheckpointError::Weights(WeightsError::Format(_))),
            "{length}: {error}"
        );
    }
    assert!(open(&[bytes.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn a_checkpoint_with_any_byte_of_its_header_flipped_is_read_or_refused_but_never_panics() {
    let bytes = whole();
    for place in 0..header_length(&bytes) {
        for bits in [0x01, 0x08, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] ^= bits;
            if let Ok(mut trainer) = open(&damaged) {
                trainer.advance().unwrap();
                let _ = trainer.checkpoint();
                let _ = (trainer.images_seen(), trainer.snapshot("0.0.0"));
            }
        }
    }
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    for bytes in [&b""[..], b"{}", &[0; 8], &[0xff; 100]] {
        assert!(matches!(problem(bytes), CheckpointError::Weights(WeightsError::Format(_))));
    }
    let snapshot = small::trainer(&Device::flex()).snapshot("0.0.0");
    let error = problem(snapshot.as_bytes());
    assert!(matches!(error, CheckpointError::NoState), "{error}");
    assert!(Trainer::describe_checkpoint(snapshot.as_bytes()).is_err());
}

#[test]
fn a_newer_format_is_refused_with_advice_whatever_else_it_says() {
    let newer = rebuilt(&whole(), |state| *state = json!({"format": 2}), |_| {});
    let error = problem(&newer);
    assert!(matches!(error, CheckpointError::Newer(2)), "{error}");
    assert!(error.to_string().contains("update"), "{error}");
}

#[test]
fn a_configuration_that_lies_is_refused_before_anything_is_built() {
    let bytes = whole();
    let lie = |path: &str, value: Value| {
        rebuilt(&bytes, |state| *state.pointer_mut(path).unwrap() = value, |_| {})
    };
    // Impossible numbers.
    for (path, value) in [
        ("/config/generator/latents/dim", json!(0)),
        ("/config/generator/hidden", json!([u64::MAX])),
        ("/config/discriminator/hidden", json!([0])),
        ("/config/generator/image_shape", json!([u64::MAX, u64::MAX, 1])),
        ("/config/discriminator/image_shape", json!([1, 2, 8])),
        ("/config/batch_size", json!(0)),
        ("/config/batch_size", json!(51)),
        ("/config/batch_size", json!(u64::MAX)),
        ("/config/generator/hidden", json!([30_000_000])),
        ("/config/generator/latents/dim", json!(100_000_000)),
        ("/config/generator_adam/beta_2", json!(1.0)),
        ("/step", json!(u64::MAX)),
        ("/images_seen", json!(u64::MAX)),
        ("/generator_adam_steps", json!(u64::MAX)),
        ("/discriminator_adam_steps", json!(u64::MAX)),
        ("/since_report/count", json!(u64::MAX)),
        ("/generator_adam_steps", json!(6)),
    ] {
        let error = problem(&lie(path, value));
        assert!(matches!(error, CheckpointError::Config(_)), "{path}: {error}");
    }
    // Possible networks, but not those of the tensors.
    for (path, value) in [
        ("/config/generator/hidden", json!([300_000])),
        ("/config/generator/latents/dim", json!(65_536)),
    ] {
        let error = problem(&lie(path, value));
        assert!(
            matches!(error, CheckpointError::Weights(WeightsError::Count { .. })),
            "{path}: {error}"
        );
    }
    for (path, value) in
        [("/config/generator/hidden", json!([7])), ("/config/discriminator/hidden", json!([]))]
    {
        let error = problem(&lie(path, value));
        assert!(matches!(error, CheckpointError::Weights(_)), "{path}: {error}");
    }
    // What JSON cannot hold or the description does not know.
    for (path, value) in [
        ("/step", json!(-1)),
        ("/config/seed", json!("three")),
        ("/config/loss", json!("magic")),
        ("/config", json!(null)),
        ("/since_report", json!({"count": 0})),
    ] {
        let error = problem(&lie(path, value));
        assert!(matches!(error, CheckpointError::State(_)), "{path}: {error}");
    }
    let odd = rebuilt(&bytes, |state| state["odd"] = json!(1), |_| {});
    assert!(problem(&odd).to_string().contains("odd"));
}

#[test]
fn tensors_that_do_not_fit_are_refused_by_name() {
    let bytes = whole();
    let names: Vec<String> = {
        let file = SafeTensors::deserialize(&bytes).unwrap();
        file.names().into_iter().map(ToOwned::to_owned).collect()
    };
    for name in &names {
        let missing = rebuilt(
            &bytes,
            |_| {},
            |tensors| {
                tensors.remove(name);
                // As many numbers as before, so that only the name is wrong.
                tensors.insert("other".into(), TensorData::zeros::<f32, _>([1_000]));
            },
        );
        let error = problem(&missing);
        assert!(
            matches!(&error, CheckpointError::Weights(WeightsError::Missing(it)) if it == name),
            "{name}: {error}"
        );
        let other_shape = rebuilt(
            &bytes,
            |_| {},
            |tensors| {
                tensors.insert(name.clone(), TensorData::zeros::<f32, _>([1_000, 1]));
            },
        );
        let error = problem(&other_shape);
        assert!(
            matches!(&error, CheckpointError::Weights(WeightsError::Shape { name: it, .. }) if it == name),
            "{name}: {error}"
        );
        let non_finite = rebuilt(
            &bytes,
            |_| {},
            |tensors| {
                let data = &tensors[name];
                let mut values: Vec<f32> = data.try_to_vec().unwrap();
                values[0] = f32::NAN;
                let shape = data.shape().to_vec();
                tensors.insert(name.clone(), TensorData::new(values, shape));
            },
        );
        let error = problem(&non_finite);
        assert!(
            matches!(&error, CheckpointError::Weights(WeightsError::NotFinite(it)) if it == name),
            "{name}: {error}"
        );
    }
}

#[test]
fn data_of_another_size_is_refused() {
    let wide = ImageSet::new("wide", [1, 2, 8], vec![0; 800], None).unwrap();
    let error = Trainer::from_checkpoint(&whole(), wide, &Device::flex()).err().unwrap();
    assert!(error.to_string().contains("wide"), "{error}");
    let few = ImageSet::new("few", [1, 4, 4], vec![0; 16 * 9], None).unwrap();
    let error = Trainer::from_checkpoint(&whole(), few, &Device::flex()).err().unwrap();
    assert!(error.to_string().contains("batch_size"), "{error}");
}
