//! Generators of PyTorch become snapshots.

use std::path::{Path, PathBuf};

use burn::tensor::{Tensor, TensorData};
use gan_interop::{
    Foreign, ForeignOutput, ImportError, ImportOptions, Imported, Network, import_generator,
};
use gan_model::{Activation, Generate, GeneratorConfig, Snapshot};
use gan_weights::write_weight_file;

use crate::cases::{cases, device, difference, images, latents, snapshot};

#[test]
fn the_dcgan_of_pytorchs_examples_draws_what_pytorch_drew() {
    let options = ImportOptions { network: Some(Foreign::Dcgan), ..ImportOptions::default() };
    let imported = imported("dcgan.pth", &options);
    assert_eq!(imported.generator.image_shape(), [3, 64, 64]);
    let drawn = draw(&imported, fixture_array("dcgan.npz", "latents"));
    // tanh's [-1, 1] to our [0, 1].
    let (_, expected) = fixture_array("dcgan.npz", "images");
    let expected: Vec<f32> = expected.into_iter().map(|value| (value + 1.0) / 2.0).collect();
    assert!(difference(&drawn, &expected) < 1e-5);
}

#[test]
fn linear_layers_of_pytorch_draw_what_pytorch_drew() {
    let options = ImportOptions {
        network: Some(Foreign::Mlp),
        output: Some(ForeignOutput::Sigmoid),
        activation: Some(Activation::LeakyRelu),
        ..ImportOptions::default()
    };
    let imported = imported("mlp.pth", &options);
    assert_eq!(imported.generator.image_shape(), [3, 4, 4]);
    let drawn = draw(&imported, fixture_array("mlp.npz", "latents"));
    let (_, expected) = fixture_array("mlp.npz", "images");
    assert!(difference(&drawn, &expected) < 1e-5);
    assert!(imported.notes.iter().any(|note| note.contains("3x4x4")), "{:?}", imported.notes);
}

#[test]
fn every_exported_generator_comes_back_from_its_pth_file_to_the_bit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for case in cases().iter().filter(|case| case.name.ends_with("generator")) {
        let path = folder.path().join("exported.pth");
        std::fs::write(&path, case.network.pth()).expect("room on the disk");
        let imported = import_generator(&path, &ImportOptions::default()).expect("our own file");
        let again = export(&imported);
        assert_eq!(again.state_dict(), case.network.state_dict(), "{}", case.name);
    }
}

#[test]
fn an_imported_generator_is_a_snapshot_like_any_other() {
    let options = ImportOptions { network: Some(Foreign::Dcgan), ..ImportOptions::default() };
    let snapshot = imported("dcgan.pth", &options).snapshot("0.0.0", "celeba").expect("finite");
    let again = Snapshot::from_bytes(snapshot.as_bytes().to_vec()).expect("a snapshot");
    assert_eq!(again.info().data, "celeba");
    let [batch, ..] = images(&again, latents(&again.info().generator)).dims();
    assert_eq!(batch, 3);
}

#[test]
fn a_state_dict_trained_elsewhere_takes_the_configuration_of_a_snapshot() {
    let config = gan_training::Preset::Dcgan.config([1, 28, 28]).generator;
    let snapshot = snapshot(&config);
    let generator = snapshot.generator(&device()).expect("a sound snapshot");
    let network = Network::generator(&config, &generator, []);
    // As `safetensors.torch.save_file(module.state_dict())` writes it: no configuration inside.
    let bytes = write_weight_file(&network.state_dict(), "format", "pt".to_owned());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("trained.safetensors");
    std::fs::write(&path, bytes).expect("room on the disk");
    let options = ImportOptions { network: Some(Foreign::Own(config)), ..ImportOptions::default() };
    let imported = import_generator(&path, &options).expect("the same network");
    assert_eq!(export(&imported).state_dict(), network.state_dict());
}

#[test]
fn tensors_of_another_network_are_named_one_by_one_with_both_shapes() {
    let config = gan_training::Preset::Tutorial.config([1, 28, 28]).generator;
    let options = ImportOptions { network: Some(Foreign::Own(config)), ..ImportOptions::default() };
    let error = import_generator(&fixture("mlp.pth"), &options).expect_err("another network");
    let message = error.to_string();
    assert!(matches!(error, ImportError::Tensors { .. }), "{message}");
    for line in [
        "`layers.0.weight` is missing, expected [128, 100]",
        "`layers.2.bias` is missing, expected [784]",
        "`0.weight` [12, 5] belongs to no layer",
    ] {
        assert!(message.contains(line), "{line}\nis not in\n{message}");
    }
}

#[test]
fn a_file_that_does_not_say_what_it_holds_asks_for_it() {
    let error = import_generator(&fixture("mlp.pth"), &ImportOptions::default());
    assert!(matches!(error, Err(ImportError::UnknownNetwork)));
}

#[test]
fn a_snapshot_needs_no_import() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("snapshot.safetensors");
    let config = gan_training::Preset::Tutorial.config([1, 28, 28]).generator;
    std::fs::write(&path, snapshot(&config).as_bytes()).expect("room on the disk");
    let error = import_generator(&path, &ImportOptions::default());
    assert!(matches!(error, Err(ImportError::IsSnapshot)));
}

fn imported(name: &str, options: &ImportOptions) -> Imported {
    import_generator(&fixture(name), options).expect("a generator of PyTorch")
}

fn draw(imported: &Imported, (shape, latents): (Vec<usize>, Vec<f32>)) -> Vec<f32> {
    let snapshot = imported.snapshot("0.0.0", "noise").expect("finite");
    let generator = snapshot.generator(&device()).expect("a sound snapshot");
    let latents = Tensor::<2>::from_data(TensorData::new(latents, shape), &device());
    generator.generate(latents, None).into_data().try_to_vec().expect("images are f32")
}

fn export(imported: &Imported) -> Network {
    let snapshot = imported.snapshot("0.0.0", "noise").expect("finite");
    let config: &GeneratorConfig = &snapshot.info().generator;
    Network::generator(config, &snapshot.generator(&device()).expect("a sound snapshot"), [])
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn fixture_array(file: &str, name: &str) -> (Vec<usize>, Vec<f32>) {
    let file = std::fs::File::open(fixture(file)).expect("a fixture");
    let mut archive = zip::ZipArchive::new(file).expect("a .npz file");
    let entry = archive.by_name(&format!("{name}.npy")).expect("an array");
    let array = npyz::NpyFile::new(entry).expect("a .npy file");
    let shape = array.shape().iter().map(|&side| side as usize).collect();
    (shape, array.into_vec().expect("f32"))
}
