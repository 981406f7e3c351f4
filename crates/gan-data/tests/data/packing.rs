//! Packed sets: decoded once, read from their file afterwards.

use burn::tensor::Device;
use gan_data::{OpenOptions, open, pack};

use crate::files::{folder, grey, npy, png};

#[test]
fn a_packed_set_is_the_set_that_was_packed() {
    // The first one is grey: what was written of it is widened when the second one is in colour.
    let source = folder(&[
        ("cat/1.png", grey(0)),
        ("dog/1.png", png(3, 3, (0..18).collect())),
        ("dog/2.png", grey(9)),
    ]);
    let target = folder(&[]);
    let out = target.path().join("set.packed");
    let (packed, report) = pack(source.path(), &OpenOptions::default(), &out).unwrap();
    let direct = open(source.path()).unwrap();
    assert_eq!(report.images, 3);
    assert_eq!(packed.shape(), [3, 2, 3]);
    assert_eq!(packed.checksum(), direct.checksum());
    assert_eq!((packed.labels(), packed.class_names()), (direct.labels(), direct.class_names()));
    let device = Device::flex();
    let values = |set: &gan_data::ImageSet| set.batch(&[2, 0, 1], &device).unwrap().into_data();
    assert_eq!(values(&packed), values(&direct));
    for index in 0..3 {
        assert_eq!(packed.image(index).unwrap(), direct.image(index).unwrap());
    }
    // Nothing else is left beside it.
    assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 1);
}

#[test]
fn arrays_are_packed_too_and_others_can_read_the_file() {
    let source = folder(&[("a.npy", npy("|u1", "(3, 1, 3)", &(0..9).collect::<Vec<u8>>()))]);
    let out = source.path().join("set");
    pack(source.path().join("a.npy"), &OpenOptions::default(), &out).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor("images").unwrap().shape(), [3, 1, 1, 3]);
    assert_eq!(file.tensor("images").unwrap().data(), (0..9).collect::<Vec<u8>>());
}

#[test]
fn a_packed_file_cut_short_or_longer_is_refused() {
    let source = folder(&[("1.png", grey(0)), ("2.png", grey(1))]);
    let out = source.path().join("set");
    pack(source.path(), &OpenOptions::default(), &out).unwrap();
    let whole = std::fs::read(&out).unwrap();
    for bytes in [&whole[..whole.len() - 1], &[&whole[..], &[0]].concat(), &whole[..100]] {
        std::fs::write(&out, bytes).unwrap();
        let message = open(&out).unwrap_err().to_string();
        assert!(message.contains("set: "), "{message}");
    }
}

#[test]
fn a_packed_set_whose_file_is_cut_short_meanwhile_is_an_error() {
    let source = folder(&[("1.png", grey(0)), ("2.png", grey(1))]);
    let out = source.path().join("set");
    let (set, _) = pack(source.path(), &OpenOptions::default(), &out).unwrap();
    std::fs::File::options().write(true).open(&out).unwrap().set_len(20).unwrap();
    assert!(set.image(1).unwrap_err().to_string().contains("set"));
}
