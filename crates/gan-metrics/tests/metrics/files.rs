//! Files of numbers are read as NumPy writes them, and hostile ones are refused.

use gan_metrics::{Statistics, read_features, read_statistics, write_statistics};

use crate::synthetic::{fixture, stored};

fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.npy");
    std::fs::write(&path, bytes).unwrap();
    read_features(&path).expect_err("should have been refused").to_string()
}

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn header(kind: &str, shape: &str) -> String {
    format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n")
}

#[test]
fn statistics_of_features_are_those_that_numpy_stored() {
    let stored_statistics = read_statistics(&fixture("reals.npz")).unwrap();
    let own = Statistics::of(&stored("reals.npy")).unwrap();
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(close(own.mean(), stored_statistics.mean()));
    assert!(close(own.covariance(), stored_statistics.covariance()));
}

#[test]
fn written_statistics_are_read_back_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statistics.npz");
    let statistics = Statistics::of(&stored("reals.npy")).unwrap();
    write_statistics(&path, &statistics).unwrap();
    assert_eq!(read_statistics(&path).unwrap(), statistics);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn both_orders_and_widths_of_floats_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.npy");
    let data: Vec<u8> =
        [1f64, 4.0, 2.0, 5.0, 3.0, 6.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let fortran = header("<f8", "(2, 3)").replace("False", "True");
    std::fs::write(&path, npy(&fortran, &data)).unwrap();
    assert_eq!(read_features(&path).unwrap().values(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let data: Vec<u8> = [1f32, 2.0].iter().flat_map(|x| x.to_be_bytes()).collect();
    std::fs::write(&path, npy(&header(">f4", "(1, 2)"), &data)).unwrap();
    assert_eq!(read_features(&path).unwrap().values(), [1.0, 2.0]);
}

#[test]
fn damaged_and_hostile_arrays_are_refused() {
    assert!(refusal(b"").contains("no .npy file"));
    assert!(refusal(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{").contains("claims 4294967295 bytes"));
    let whole = npy(&header("<f4", "(2, 2)"), &[0; 16]);
    for length in 0..whole.len() {
        refusal(&whole[..length]);
    }
    assert!(refusal(&npy(&header("<f4", "(2, 2)"), &[0; 17])).contains("needs 16 bytes, 17"));
    assert!(refusal(&npy(&header("<f4", "(9999999999, 2)"), &[])).contains("needs"));
    assert!(refusal(&npy(&header("<f4", "(99999999999, 99999999999)"), &[])).contains("no array"));
    assert!(
        refusal(&npy(&header("<i8", "(1, 1)"), &[0; 8])).contains("expected float32 or float64")
    );
    assert!(refusal(&npy(&header("<f4", "(4,)"), &[0; 16])).contains("expected [count, dim]"));
    assert!(refusal(&npy(&"(".repeat(1000), &[])).contains("no array"));
    assert!(refusal(&npy(&header("|O", "(1, 1)"), &[0; 8])).contains("expected float32"));
    let nan: Vec<u8> = [0.0, f32::NAN].iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
    assert!(refusal(&npy(&header("<f4", "(2, 1)"), &nan)).contains("row 1 holds NaN"));
}

#[test]
fn damaged_archives_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statistics.npz");
    let whole = std::fs::read(fixture("reals.npz")).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(read_statistics(&path).is_err());
    }
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0xff;
    std::fs::write(&path, &damaged).unwrap();
    assert!(read_statistics(&path).is_err());
    assert!(
        read_statistics(&fixture("reals.npy")).unwrap_err().to_string().contains("no .npz file")
    );
    assert!(read_statistics(&fixture("none.npz")).unwrap_err().to_string().contains("none.npz"));
}
