//! MNIST, embedded: 60,000 training and 10,000 test images of handwritten digits, 28 × 28.
//!
//! Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits"; the crate's
//! README has the attribution and the licence note. `data/make-mnist.py` made the file.

use std::io::Read;

use gan_weights::sha256;
use ruzstd::decoding::StreamingDecoder;

use crate::{DataError, ImageSet};

#[cfg(feature = "mnist")]
const PACKED: &[u8] = include_bytes!("../data/mnist.zst");
const SHA256: &str = "c2069063c1105f2bf96266aef1ff68c6e13bdda7a54e37bf19c16f1db24efc83";
const IMAGES: usize = 70_000;
const SHAPE: [usize; 3] = [1, 28, 28];

/// All 70,000 images with their labels: the training images first, then the test images.
///
/// Unpacks and holds 55 MB; call it once.
///
/// # Errors
/// If the embedded bytes do not match their hash: the program file is damaged.
#[cfg(feature = "mnist")]
pub fn mnist() -> Result<ImageSet, DataError> {
    unpack_mnist(PACKED).map_err(|_| {
        DataError::Mismatch("the embedded MNIST is damaged: install the program anew".into())
    })
}

/// The same from the bytes of this crate's `data/mnist.zst`, for a program that brings the file itself.
///
/// # Errors
/// If they are other bytes.
pub fn unpack_mnist(packed: &[u8]) -> Result<ImageSet, DataError> {
    let damaged = || DataError::Mismatch("mnist.zst is damaged: it does not match its hash".into());
    let mut bytes = Vec::with_capacity(IMAGES * (28 * 28 + 1));
    let mut decoder = StreamingDecoder::new(packed).map_err(|_| damaged())?;
    decoder.read_to_end(&mut bytes).map_err(|_| damaged())?;
    if sha256(&bytes) != SHA256 {
        return Err(damaged());
    }
    let labels = bytes.split_off(IMAGES * 28 * 28).into_iter().map(u32::from).collect();
    ImageSet::new("mnist", SHAPE, bytes, Some(labels))
}
