//! Numbers and files for the tests.

/// The f32 elements of a `.npy` file.
pub fn npy(bytes: &[u8]) -> Vec<f32> {
    npyz::NpyFile::new(bytes).unwrap().into_vec().unwrap()
}

/// Whether all numbers agree within `tolerance`, relative to the largest of the reference.
pub fn assert_close(found: &[f32], reference: &[f32], tolerance: f32) {
    assert_eq!(found.len(), reference.len());
    let scale = reference.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    for (index, (found, reference)) in found.iter().zip(reference).enumerate() {
        let difference = (found - reference).abs();
        assert!(difference <= tolerance * scale, "{index}: {found} instead of {reference}");
    }
}

/// `bytes` with the text `from` replaced by `to`, of the same length.
pub fn damaged(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let place = bytes.windows(from.len()).position(|window| window == from.as_bytes());
    let mut bytes = bytes.to_vec();
    bytes[place.unwrap()..][..to.len()].copy_from_slice(to.as_bytes());
    bytes
}
