//! Images as they are trained on: batches of tensors, or one by one for Burn's transforms.

use burn::tensor::{Device, Tensor, TensorData};
use burn_dataset::{Dataset, DatasetError};

use super::{ImageSet, Values};
use crate::{DataError, pixels};

/// One image of an [`ImageSet`].
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledImage {
    /// `channels × height × width` bytes, row by row.
    pub pixels: Vec<u8>,
    /// Its class, where the set has labels.
    pub label: Option<u32>,
}

impl ImageSet {
    /// The images at `indices` as `f32 [indices.len(), channels, height, width]` in `[0, 1]`; points
    /// as they are.
    ///
    /// # Errors
    /// If an index is past the end, or the file of a packed set cannot be read any more.
    pub fn batch(&self, indices: &[u32], device: &Device) -> Result<Tensor<4>, DataError> {
        self.batch_mirrored(indices, &[], device)
    }

    /// The same, where image `i` is mirrored, left for right, if `mirrored[i]` is set; images beyond
    /// the end of `mirrored` are not. Points have no left and right: they stay as they are.
    ///
    /// # Errors
    /// As of [`ImageSet::batch`].
    pub fn batch_mirrored(
        &self,
        indices: &[u32],
        mirrored: &[bool],
        device: &Device,
    ) -> Result<Tensor<4>, DataError> {
        let size = self.image_size();
        let [channels, height, width] = self.shape;
        let mut values = Vec::with_capacity(indices.len() * size);
        let mut image = vec![0; size];
        for (at, &index) in indices.iter().enumerate() {
            let index = self.checked(index as usize)?;
            let place = index * size..(index + 1) * size;
            let bytes = match &self.values {
                Values::Bytes(bytes) => &bytes[place],
                Values::Packed(packed) => {
                    packed.read(index, &mut image)?;
                    image.as_slice()
                }
                Values::Floats(floats) => {
                    values.extend_from_slice(&floats[place]);
                    continue;
                }
            };
            match mirrored.get(at) {
                Some(true) => {
                    let rows = bytes.chunks_exact(width);
                    let pixels = rows.flat_map(|row| row.iter().rev());
                    values.extend(pixels.copied().map(pixels::to_unit));
                }
                _ => values.extend(bytes.iter().copied().map(pixels::to_unit)),
            }
        }
        let data = TensorData::new(values, [indices.len(), channels, height, width]);
        Ok(Tensor::from_data(data, device))
    }
}

impl Dataset<LabelledImage> for ImageSet {
    /// # Panics
    /// For points, which have no bytes, and if `index` is past the end, as the trait demands.
    fn get(&self, index: usize) -> Result<LabelledImage, DatasetError> {
        let pixels = self.image(index).expect("an index within a set of images").into_owned();
        let label = self.labels.as_ref().map(|labels| labels[index]);
        Ok(LabelledImage { pixels, label })
    }

    fn len(&self) -> usize {
        ImageSet::len(self)
    }
}
