//! Images of one size, in memory, as bytes; or points of the plane, as floats.

use burn::tensor::{Device, Tensor, TensorData};
use burn_dataset::{Dataset, DatasetError};

use crate::{DataError, pixels};

/// Images of one size, one byte a value, with labels where there are any.
///
/// Or points of the plane, which train and are measured as images of shape `[2, 1, 1]` are, but
/// whose values are floats of any range.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    name: String,
    shape: [usize; 3],
    values: Values,
    labels: Option<Vec<u8>>,
    modes: Option<Modes>,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

/// What a made set is made of, and so what a generator should find in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Modes {
    /// Points of equally likely round Gaussians.
    Gaussians {
        /// Where they are; at least one.
        centres: Vec<[f32; 2]>,
        /// The standard deviation of each in each direction, above 0.
        deviation: f32,
    },
    /// Stacked MNIST: a digit in each of three channels makes 1,000 modes.
    StackedDigits,
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
            _ => Ok(Self { name, shape, values: Values::Bytes(bytes), labels, modes: None }),
        }
    }

    /// Points of the plane: a set of shape `[2, 1, 1]`.
    ///
    /// # Errors
    /// If there is no point, or a coordinate is not finite.
    pub fn of_points(name: impl Into<String>, points: &[[f32; 2]]) -> Result<Self, DataError> {
        let name = name.into();
        if points.is_empty() {
            return Err(DataError::Mismatch(format!("{name}: holds no points")));
        }
        if let Some(row) = points.iter().position(|point| !point.iter().all(|x| x.is_finite())) {
            let [x, y] = points[row];
            return Err(DataError::Mismatch(format!(
                "{name}: point {row} is ({x}, {y}); coordinates must be finite"
            )));
        }
        let values = Values::Floats(points.as_flattened().to_vec());
        Ok(Self { name, shape: [2, 1, 1], values, labels: None, modes: None })
    }

    /// The same set, known to have these modes.
    ///
    /// # Errors
    /// If it cannot have them: Gaussians need points, digits need images `[3, 28, 28]`.
    pub fn with_modes(self, modes: Modes) -> Result<Self, DataError> {
        let problem = match &modes {
            Modes::Gaussians { .. } if !self.is_points() => Some("only points have centres"),
            Modes::Gaussians { centres, .. } if centres.is_empty() => Some("there is no centre"),
            Modes::Gaussians { centres, .. }
                if !centres.as_flattened().iter().all(|x| x.is_finite()) =>
            {
                Some("centres must be finite")
            }
            Modes::Gaussians { deviation, .. } if !(deviation.is_finite() && *deviation > 0.0) => {
                Some("the deviation must be finite and above 0")
            }
            Modes::StackedDigits if self.shape != [3, 28, 28] => {
                Some("digits are stacked in images of three channels of 28 × 28")
            }
            _ => None,
        };
        match problem {
            Some(problem) => Err(DataError::Mismatch(format!("{}: {problem}", self.name))),
            None => Ok(Self { modes: Some(modes), ..self }),
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
        let values = match &self.values {
            Values::Bytes(bytes) => bytes.len(),
            Values::Floats(floats) => floats.len(),
        };
        values / self.image_size()
    }

    /// The bytes of image `index`, or `None` past the end and for points.
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        let Values::Bytes(bytes) = &self.values else { return None };
        let start = index.checked_mul(self.image_size())?;
        bytes.get(start..)?.get(..self.image_size())
    }

    /// All points, or `None` for a set of images.
    pub fn points(&self) -> Option<&[[f32; 2]]> {
        match &self.values {
            Values::Bytes(_) => None,
            Values::Floats(floats) => Some(floats.as_chunks().0),
        }
    }

    /// Whether this is a set of points.
    pub fn is_points(&self) -> bool {
        matches!(self.values, Values::Floats(_))
    }

    /// What the set is made of, where it is known.
    pub fn modes(&self) -> Option<&Modes> {
        self.modes.as_ref()
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
        match &self.values {
            Values::Bytes(bytes) => crc.update(bytes),
            Values::Floats(floats) => floats.iter().for_each(|x| crc.update(&x.to_le_bytes())),
        }
        crc.update(self.labels.as_deref().unwrap_or_default());
        crc.sum()
    }

    /// The images at `indices` as `f32 [indices.len(), channels, height, width]` in `[0, 1]`; points
    /// as they are.
    ///
    /// # Panics
    /// If an index is past the end.
    pub fn batch(&self, indices: &[u32], device: &Device) -> Tensor<4> {
        let size = self.image_size();
        let mut values = Vec::with_capacity(indices.len() * size);
        for &index in indices {
            let place = index as usize * size..(index as usize + 1) * size;
            match &self.values {
                Values::Bytes(bytes) => {
                    values.extend(bytes[place].iter().copied().map(pixels::to_unit));
                }
                Values::Floats(floats) => values.extend_from_slice(&floats[place]),
            }
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
    /// If `index` is past the end, as the trait demands, and for points, which have no bytes.
    fn get(&self, index: usize) -> Result<LabelledImage, DatasetError> {
        let pixels = self.image(index).expect("an index within the set").to_vec();
        let label = self.labels.as_ref().map(|labels| labels[index]);
        Ok(LabelledImage { pixels, label })
    }

    fn len(&self) -> usize {
        ImageSet::len(self)
    }
}
