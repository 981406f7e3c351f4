//! Snapshots: a generator on file, whole or refused.

use std::collections::{BTreeMap, HashMap};

use burn::tensor::{Device, TensorData};
use gan_model::{Generate, GeneratorConfig, Snapshot, SnapshotError, SnapshotInfo};
use gan_random::Rng;
use gan_weights::{WeightsError, named_weights, write_weight_file};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use crate::config::generator;
use crate::devices;

const KEY: &str = "gan-snapshot";

fn config() -> GeneratorConfig {
    generator(5, &[6], [1, 4, 4])
}

fn snapshot(seed: u64, device: &Device) -> Snapshot {
    let generator = config().init(Rng::new(seed), device).unwrap();
    let info = SnapshotInfo {
        step: 1_000,
        images_seen: 100_000,
        ..SnapshotInfo::new("1.2.3", config(), "tutorial", "mnist", seed)
    };
    Snapshot::new(info, &generator)
}

/// The description inside, changed by `change`, around the same tensors.
fn with_description(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    rebuilt(bytes, change, |_| {})
}

/// Tensors by name: shape and numbers.
type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

fn rebuilt(
    bytes: &[u8],
    change_description: impl FnOnce(&mut Value),
    change_tensors: impl FnOnce(&mut Tensors),
) -> Vec<u8> {
    let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
    let mut description: Value =
        serde_json::from_str(&header.metadata().clone().unwrap()[KEY]).unwrap();
    change_description(&mut description);
    let file = SafeTensors::deserialize(bytes).unwrap();
    let mut tensors: Tensors = file
        .iter()
        .map(|(name, view)| {
            let (words, _) = view.data().as_chunks::<4>();
            let values = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
            (name.to_owned(), (view.shape().to_vec(), values))
        })
        .collect();
    change_tensors(&mut tensors);
    let tensors = tensors
        .into_iter()
        .map(|(name, (shape, values))| (name, TensorData::new(values, shape)))
        .collect();
    write_weight_file(&tensors, KEY, description.to_string())
}

/// What is wrong with a snapshot, at the latest when its generator is built.
fn problem(bytes: Vec<u8>) -> SnapshotError {
    match Snapshot::from_bytes(bytes) {
        Err(error) => error,
        Ok(snapshot) => snapshot.generator(&Device::flex()).unwrap_err(),
    }
}

#[test]
fn a_snapshot_comes_back_to_the_bit() {
    for (name, device) in devices::both() {
        let before = snapshot(3, &device);
        let after = Snapshot::from_bytes(before.as_bytes().to_vec()).unwrap();
        assert_eq!(after.info(), before.info(), "{name}");
        assert_eq!(after.latent_space(), config().latent_space(), "{name}");
        let original = config().init(Rng::new(3), &device).unwrap();
        let restored = after.generator(&device).unwrap();
        assert_eq!(named_weights(&original, ""), named_weights(&restored, ""), "{name}");
        let latents = after.latent_space().for_seeds(&[0, 1, 2], &device);
        assert_eq!(
            original.generate(latents.clone(), None).into_data(),
            restored.generate(latents, None).into_data(),
            "{name}"
        );
    }
}

#[test]
fn a_snapshot_draws_the_same_images_on_every_backend() {
    let config = generator(100, &[128], [1, 28, 28]);
    let trained = config.init(Rng::new(8), &Device::flex()).unwrap();
    let info = SnapshotInfo::new("1.2.3", config, "tutorial", "mnist", 8);
    let snapshot = Snapshot::new(info, &trained);
    let images = devices::both().map(|(_, device)| {
        let latents = snapshot.latent_space().for_seeds(&[0, 1, 2, 3], &device);
        let images = snapshot.generator(&device).unwrap().generate(latents, None);
        images.into_data().try_to_vec::<f32>().unwrap()
    });
    let [flex, ndarray] = images;
    assert_eq!(flex.len(), 4 * 784);
    let largest = flex.iter().zip(&ndarray).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest < 1e-5, "{largest}");
}

#[test]
fn equal_weights_make_equal_files() {
    let once = snapshot(3, &Device::flex());
    for _ in 0..10 {
        assert_eq!(once.as_bytes(), snapshot(3, &Device::flex()).as_bytes());
    }
    assert_eq!(once.as_bytes(), snapshot(3, &devices::ndarray()).as_bytes());
    assert_eq!(once.as_bytes(), snapshot(3, &Device::flex().autodiff()).as_bytes());
    assert_ne!(once.as_bytes(), snapshot(4, &Device::flex()).as_bytes());
}

#[test]
fn a_snapshot_is_read_from_its_file_and_a_missing_file_is_an_error() {
    let path =
        std::env::temp_dir().join(format!("gan-model-test-{}.safetensors", std::process::id()));
    let written = snapshot(3, &Device::flex());
    std::fs::write(&path, written.as_bytes()).unwrap();
    let read = Snapshot::open(&path);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(read.unwrap().as_bytes(), written.as_bytes());
    assert!(matches!(Snapshot::open(&path), Err(SnapshotError::Read(_))));
}

#[test]
fn a_snapshot_cut_short_anywhere_is_refused() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    assert!(Snapshot::from_bytes(whole.clone()).is_ok());
    // Every length up to the end of the header, then every seventh.
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    for length in (0..=header).chain((header..whole.len()).step_by(7)).chain([whole.len() - 1]) {
        let error = Snapshot::from_bytes(whole[..length].to_vec()).unwrap_err();
        assert!(matches!(error, SnapshotError::Weights(WeightsError::Format(_))), "{error}");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert!(Snapshot::from_bytes(longer).is_err());
}

#[test]
fn a_snapshot_with_any_byte_of_its_header_flipped_is_read_or_refused_but_never_panics() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    let header = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    for place in 0..header {
        for bits in [0x01, 0x04, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[place] ^= bits;
            if let Ok(snapshot) = Snapshot::from_bytes(bytes) {
                let _ = snapshot.generator(&Device::flex());
            }
        }
    }
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let none: [&[u8]; 5] = [b"", b"\x89PNG\r\n\x1a\n", &[0; 8], &[0xff; 64], b"{}"];
    for bytes in none {
        let error = Snapshot::from_bytes(bytes.to_vec()).unwrap_err();
        assert!(matches!(error, SnapshotError::Weights(WeightsError::Format(_))), "{error}");
    }
    // A header that promises more than any machine holds.
    let mut bytes = (1u64 << 62).to_le_bytes().to_vec();
    bytes.extend(b"{}");
    assert!(Snapshot::from_bytes(bytes).is_err());
    // Someone else's safetensors file.
    let view = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    for metadata in [Some(metadata), None] {
        let bytes = safetensors::serialize([("weight", &view)], metadata).unwrap();
        let error = Snapshot::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, SnapshotError::NoInfo(KEY)), "{error}");
    }
}

#[test]
fn a_newer_format_is_refused_with_advice_whatever_else_it_says() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    let newer = with_description(&whole, |it| *it = json!({"format": 3, "shape": "of the future"}));
    let error = problem(newer);
    assert!(matches!(error, SnapshotError::Newer { found: 3, known: 2 }), "{error}");
    assert!(error.to_string().contains("update"), "{error}");
}

#[test]
fn classes_keep_their_names_where_they_have_any_but_their_numbers() {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let config = config().with_classes(Some(2));
    let info = || SnapshotInfo::new("1.2.3", config.clone(), "tutorial", "pets", 3);
    let named = info().with_class_names(Some(&names(&["cat", "dog"])));
    let generator = config.init(Rng::new(3), &Device::flex()).unwrap();
    let bytes = Snapshot::new(named, &generator).as_bytes().to_vec();
    let read = Snapshot::from_bytes(bytes).unwrap();
    assert_eq!(read.info().class_names, Some(names(&["cat", "dog"])));
    assert_eq!(read.info().format, 2);
    // Where there is nothing to say, older versions read the file.
    assert_eq!(info().with_class_names(Some(&names(&["0", "1"]))), info());
    let unconditional = SnapshotInfo::new("1.2.3", self::config(), "tutorial", "pets", 3);
    assert_eq!(unconditional.clone().with_class_names(Some(&names(&["cat"]))), unconditional);
    assert_eq!(unconditional.format, 1);
}

#[test]
fn an_unknown_key_in_the_description_is_refused_by_name() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    for path in ["", "/generator", "/generator/latents"] {
        let bytes = with_description(&whole, |it| it.pointer_mut(path).unwrap()["odd"] = json!(1));
        let error = problem(bytes);
        assert!(matches!(error, SnapshotError::Info(_)), "{error}");
        assert!(error.to_string().contains("odd"), "{error}");
    }
    let bytes = with_description(&whole, |it| it["generator"]["network"] = json!("diffusion"));
    let error = problem(bytes);
    assert!(matches!(error, SnapshotError::Info(_)), "{error}");
    assert!(error.to_string().contains("diffusion"), "{error}");
}

#[test]
fn an_impossible_description_is_refused_before_anything_is_built() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    let lies = [
        ("/generator/latents/dim", json!(0)),
        ("/generator/latents/dim", json!(u64::MAX)),
        ("/generator/hidden", json!([0])),
        ("/generator/hidden", json!([u64::MAX])),
        ("/generator/hidden", json!([1u64 << 31, 1u64 << 31])),
        ("/generator/image_shape", json!([1, 0, 4])),
        ("/generator/image_shape", json!([u64::MAX, u64::MAX, u64::MAX])),
    ];
    for (path, lie) in lies {
        let error = problem(with_description(&whole, |it| *it.pointer_mut(path).unwrap() = lie));
        assert!(matches!(error, SnapshotError::Config(_)), "{path}: {error}");
    }
    // Possible, large, and not what the file holds.
    for hidden in [json!([7]), json!([1_000_000]), json!([])] {
        let error = problem(with_description(&whole, |it| it["generator"]["hidden"] = hidden));
        assert!(
            matches!(error, SnapshotError::Weights(WeightsError::Count { found: 148, .. })),
            "{error}"
        );
    }
    for lie in [json!(-1), json!(1.5), json!("many"), json!(null), json!(1e300)] {
        let error = problem(with_description(&whole, |it| it["step"] = lie));
        assert!(matches!(error, SnapshotError::Info(_)), "{error}");
    }
}

#[test]
fn tensors_that_do_not_fit_are_refused_by_name() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    let change = |change: &dyn Fn(&mut Tensors)| problem(rebuilt(&whole, |_| {}, |t| change(t)));

    let error = change(&|tensors| {
        // The same numbers, the other way round.
        tensors.get_mut("hidden.0.weight").unwrap().0.reverse();
    });
    let SnapshotError::Weights(WeightsError::Shape { name, found, needed }) = error else {
        panic!("{error}");
    };
    assert_eq!((name.as_str(), found, needed), ("hidden.0.weight", vec![6, 5], vec![5, 6]));

    let error = change(&|tensors| {
        let bias = tensors.remove("output.bias").unwrap();
        tensors.insert("output.offset".into(), bias);
    });
    assert!(
        matches!(&error, SnapshotError::Weights(WeightsError::Missing(name)) if name == "output.bias"),
        "{error}"
    );

    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = change(&|tensors| tensors.get_mut("output.weight").unwrap().1[17] = bad);
        assert!(
            matches!(&error, SnapshotError::Weights(WeightsError::NotFinite(name)) if name == "output.weight"),
            "{error}"
        );
    }

    let error = change(&|tensors| {
        tensors.insert("extra".into(), (vec![2], vec![0.0, 0.0]));
    });
    assert!(
        matches!(error, SnapshotError::Weights(WeightsError::Count { found: 150, needed: 148 })),
        "{error}"
    );
}

#[test]
fn a_tensor_of_another_type_is_refused_by_name() {
    let whole = snapshot(3, &Device::flex()).as_bytes().to_vec();
    let (_, header) = SafeTensors::read_metadata(&whole).unwrap();
    let file = SafeTensors::deserialize(&whole).unwrap();
    let mut views: HashMap<String, TensorView<'_>> =
        file.iter().map(|(name, view)| (name.to_owned(), view)).collect();
    let integers = vec![0; 16 * 4];
    let view = TensorView::new(Dtype::I32, vec![16], &integers).unwrap();
    views.insert("output.bias".into(), view);
    let bytes = safetensors::serialize(&views, header.metadata().clone()).unwrap();
    let error = problem(bytes);
    let SnapshotError::Weights(WeightsError::Dtype { name, dtype }) = error else {
        panic!("{error}");
    };
    assert_eq!((name.as_str(), dtype.as_str()), ("output.bias", "I32"));
}
