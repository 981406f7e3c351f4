//! Files that mean no good, or were cut short.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use gan_interop::{Foreign, ImportError, ImportOptions, import_generator};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

#[test]
fn a_pickle_that_calls_a_function_is_read_as_data_and_runs_nothing() {
    assert!(import(&fixture("hostile.pth")).is_err());
    // What the pickle would write into the current folder.
    assert!(!Path::new("executed").exists());
}

#[test]
fn a_file_cut_short_anywhere_is_refused_with_a_message() {
    let whole = std::fs::read(fixture("dcgan.pth")).expect("a fixture");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("short.pth");
    for length in [0, 1, 2, 4, 30, 200, whole.len() / 2, whole.len() - 30, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).expect("room on the disk");
        let error = import(&path).expect_err("a file that was cut short");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn a_tensor_far_larger_than_its_file_is_refused_before_it_is_read() {
    // The pickle of a small file, with a storage of zeros packed a thousandfold.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bomb.pth");
    std::fs::write(&path, packed(1 << 24)).expect("room on the disk");
    let error = import(&path).expect_err("a bomb");
    assert!(matches!(error, ImportError::Bomb { .. }), "{error}");
}

#[test]
fn random_bytes_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("noise.pth");
    let noise = |start: &[u8]| {
        let rest = (0..4_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
        start.iter().copied().chain(rest).collect::<Vec<u8>>()
    };
    for start in [&b""[..], b"PK\x03\x04", b"\x80\x02", b"{\"a\":"] {
        std::fs::write(&path, noise(start)).expect("room on the disk");
        assert!(import(&path).is_err());
    }
}

fn import(path: &Path) -> Result<(), ImportError> {
    let options = ImportOptions { network: Some(Foreign::Dcgan), ..ImportOptions::default() };
    import_generator(path, &options).map(|_| ())
}

/// A `.pth` file of one tensor with `values` zeros, deflated.
fn packed(values: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut pickle = b"\x80\x02}(X\x0d\x00\x00\x00main.0.weight".to_vec();
    pickle.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage");
    pickle.extend(b"ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu");
    let length = (values as i32).to_le_bytes();
    pickle.push(b'J');
    pickle.extend(length);
    pickle.extend(b"tQK\x00(J");
    pickle.extend(length);
    pickle.extend(b"t(K\x01t\x89}tRu.");
    archive.start_file("archive/data.pkl", deflated).expect("a new entry");
    archive.write_all(&pickle).expect("memory takes it");
    archive.start_file("archive/data/0", deflated).expect("a new entry");
    archive.write_all(&vec![0; 4 * values]).expect("memory takes it");
    archive.start_file("archive/version", deflated).expect("a new entry");
    archive.write_all(b"3\n").expect("memory takes it");
    let bytes = archive.finish().expect("memory takes it").into_inner();
    assert!(ZipArchive::new(Cursor::new(&bytes)).is_ok());
    bytes
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
