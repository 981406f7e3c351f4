//! Images of one size, in memory, as bytes.

use burn::tensor::{Device, Tensor, TensorData};
use burn_dataset::{Dataset, DatasetError};

use crate::{DataError, pixels};

/// Images of one size, one byte a value, with labels where there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    name: String,
    shape: [usize; 3],
    bytes: Vec<u8>,
    labels: Option<Vec<u8>>,
}

/// One image of an [`ImageSet`].
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledImage {
    /// `channels × height × width` bytes, row by row.
    pub pixels: Vec<u8>,
    /// Its class, where the set has labels.
    pub label: Option<u8>,
}

impl ImageSet {
    /// `bytes` holds images of `shape` (`[channels, height, width]`) one after the other; `labels`
    /// one class for each.
    ///
    /// # Errors
    /// If a side is 0, there is no image, the last image is not whole, or labels and images differ
    /// in number.
    pub fn new(
        name: impl Into<String>,
        shape: [usize; 3],
        bytes: Vec<u8>,
        labels: Option<Vec<u8>>,
    ) -> Result<Self, DataError> {
        let name = name.into();
        let [channels, height, width] = shape;
        let size = channels.checked_mul(height).and_then(|n| n.checked_mul(width)).unwrap_or(0);
        let whole = size > 0 && !bytes.is_empty() && bytes.len().is_multiple_of(size);
        if !whole {
            return Err(DataError::Mismatch(format!(
                "{name}: {} bytes are no whole number of {channels} × {height} × {width} images",
                bytes.len()
            )));
        }
        let count = bytes.len() / size;
        match &labels {
            Some(labels) if labels.len() != count => Err(DataError::Mismatch(format!(
                "{name}: {count} images, but {} labels",
                labels.len()
            ))),
            _ => Ok(Self { name, shape, bytes, labels }),
        }
    }

    /// What people call this set: `mnist`, or the name of its folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shape of one image: `[channels, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Number of images; at least 1.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.image_size()
    }

    /// The values of image `index`, or `None` past the end.
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        let start = index.checked_mul(self.image_size())?;
        self.bytes.get(start..)?.get(..self.image_size())
    }

    /// The class of every image, where the set has labels.
    pub fn labels(&self) -> Option<&[u8]> {
        self.labels.as_deref()
    }

    /// A checksum (CRC-32) of everything in the set, to notice that it is another one than before.
    pub fn checksum(&self) -> u32 {
        let mut crc = flate2::Crc::new();
        for side in self.shape {
            crc.update(&(side as u64).to_le_bytes());
        }
        crc.update(&self.bytes);
        crc.update(self.labels.as_deref().unwrap_or_default());
        crc.sum()
    }

    /// The images at `indices` as `f32 [indices.len(), channels, height, width]` in `[0, 1]`.
    ///
    /// # Panics
    /// If an index is past the end.
    pub fn batch(&self, indices: &[u32], device: &Device) -> Tensor<4> {
        let mut values = Vec::with_capacity(indices.len() * self.image_size());
        for &index in indices {
            let image = self.image(index as usize).expect("an index within the set");
            values.extend(image.iter().copied().map(pixels::to_unit));
        }
        let [channels, height, width] = self.shape;
        Tensor::from_data(TensorData::new(values, [indices.len(), channels, height, width]), device)
    }

    fn image_size(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Dataset<LabelledImage> for ImageSet {
    /// # Panics
    /// If `index` is past the end, as the trait demands.
    fn get(&self, index: usize) -> Result<LabelledImage, DatasetError> {
        let pixels = self.image(index).expect("an index within the set").to_vec();
        let label = self.labels.as_ref().map(|labels| labels[index]);
        Ok(LabelledImage { pixels, label })
    }

    fn len(&self) -> usize {
        ImageSet::len(self)
    }
}
