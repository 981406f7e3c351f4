//! Checksums of sets.

use super::{ImageSet, Values};

impl ImageSet {
    /// A checksum (CRC-32) of shape, images and labels, to notice that it is another set than before.
    pub fn checksum(&self) -> u32 {
        let mut checksum = Checksum::new(self.shape);
        match &self.values {
            Values::Packed(packed) => return packed.checksum(),
            Values::Bytes(bytes) => checksum.bytes(bytes),
            Values::Floats(floats) => {
                floats.iter().for_each(|x| checksum.bytes(&x.to_le_bytes()));
            }
        }
        checksum.labels(self.labels.as_deref().unwrap_or_default());
        checksum.sum()
    }
}

/// The checksum of a set, taken piece by piece.
pub(crate) struct Checksum(flate2::Crc);

impl Checksum {
    pub(crate) fn new(shape: [usize; 3]) -> Self {
        let mut crc = flate2::Crc::new();
        for side in shape {
            crc.update(&(side as u64).to_le_bytes());
        }
        Self(crc)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn labels(&mut self, labels: &[u32]) {
        labels.iter().for_each(|label| self.0.update(&label.to_le_bytes()));
    }

    pub(crate) fn sum(&self) -> u32 {
        self.0.sum()
    }
}
