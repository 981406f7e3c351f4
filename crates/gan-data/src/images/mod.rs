//! Images of one size, in memory or in a packed file; or points of the plane.

mod packed;

use std::borrow::Cow;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use burn_dataset::{Dataset, DatasetError};
pub(crate) use packed::Packed;

use crate::labels::MAX_CLASSES;
use crate::{DataError, pixels};

/// Images of one size, one byte a value, with labels where there are any.
///
/// Or points of the plane, which train and are measured as images of shape `[2, 1, 1]` are, but
/// whose values are floats of any range. A copy is cheap: images are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    name: String,
    shape: [usize; 3],
    values: Values,
    labels: Option<Arc<[u32]>>,
    class_names: Option<Arc<[String]>>,
    modes: Option<Modes>,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    Bytes(Arc<Vec<u8>>),
    Packed(Arc<Packed>),
    Floats(Arc<Vec<f32>>),
}

/// What a synthetic set is made of, and so what a generator should find in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Modes {
    /// Points of equally likely round Gaussians.
    Gaussians {
        /// Where they are; at least one.
        centres: Vec<[f32; 2]>,
        /// The standard deviation of each in each direction, above 0.
        std: f32,
    },
    /// Stacked MNIST: a digit in each of three channels makes 1,000 modes.
    StackedDigits,
    /// Images that all keep one rule, such as `dots 6-6` or `boxes`: an oracle knows whether an image does.
    Scene(String),
}

/// One image of an [`ImageSet`].
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledImage {
    /// `channels × height × width` bytes, row by row.
    pub pixels: Vec<u8>,
    /// Its class, where the set has labels.
    pub label: Option<u32>,
}

impl ImageSet {
    /// `bytes` holds images of `shape` (`[channels, height, width]`) one after the other; `labels`
    /// one class for each, from 0 on. Classes are called by their numbers.
    ///
    /// # Errors
    /// If a side is 0, there is no image, the last image is not whole, or labels and images differ
    /// in number.
    pub fn new(
        name: impl Into<String>,
        shape: [usize; 3],
        bytes: Vec<u8>,
        labels: Option<Vec<u32>>,
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
        Self::of_values(name, shape, Values::Bytes(Arc::new(bytes)), labels)
    }

    /// Images that stay in a packed file.
    pub(crate) fn of_packed(
        name: String,
        shape: [usize; 3],
        packed: Packed,
        labels: Option<Vec<u32>>,
    ) -> Result<Self, DataError> {
        Self::of_values(name, shape, Values::Packed(Arc::new(packed)), labels)
    }

    fn of_values(
        name: String,
        shape: [usize; 3],
        values: Values,
        labels: Option<Vec<u32>>,
    ) -> Result<Self, DataError> {
        let mut set = Self { name, shape, values, labels: None, class_names: None, modes: None };
        let Some(labels) = labels else { return Ok(set) };
        if labels.len() != set.len() {
            return Err(DataError::Mismatch(format!(
                "{}: {} images, but {} labels",
                set.name,
                set.len(),
                labels.len()
            )));
        }
        let classes = labels.iter().max().map_or(0, |&most| most as usize + 1);
        if classes > MAX_CLASSES {
            return Err(DataError::Mismatch(format!(
                "{}: a label is {}; there may be {MAX_CLASSES} classes, from 0 on",
                set.name,
                classes - 1
            )));
        }
        set.class_names = Some((0..classes).map(|class| class.to_string()).collect());
        set.labels = Some(labels.into());
        Ok(set)
    }

    /// The same set, whose classes have these names, in the order of their numbers.
    ///
    /// # Errors
    /// If the set has no labels, or a label has no name.
    pub fn with_class_names(self, names: Vec<String>) -> Result<Self, DataError> {
        match &self.class_names {
            Some(classes) if classes.len() <= names.len() => {
                Ok(Self { class_names: Some(names.into()), ..self })
            }
            classes => Err(DataError::Mismatch(format!(
                "{}: {} names of {} classes",
                self.name,
                names.len(),
                classes.as_ref().map_or(0, |classes| classes.len())
            ))),
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
        let values = Values::Floats(Arc::new(points.as_flattened().to_vec()));
        Self::of_values(name, [2, 1, 1], values, None)
    }

    /// The same set, known to have these modes.
    ///
    /// # Errors
    /// If it cannot have them: Gaussians need points, digits images `[3, 28, 28]`, and scenes
    /// images `[1, 32, 32]`.
    pub fn with_modes(self, modes: Modes) -> Result<Self, DataError> {
        let problem = match &modes {
            Modes::Gaussians { .. } if !self.is_points() => Some("only points have centres"),
            Modes::Gaussians { centres, .. } if centres.is_empty() => Some("there is no centre"),
            Modes::Gaussians { centres, .. }
                if !centres.as_flattened().iter().all(|x| x.is_finite()) =>
            {
                Some("centres must be finite")
            }
            Modes::Gaussians { std, .. } if !(std.is_finite() && *std > 0.0) => {
                Some("the std must be finite and above 0")
            }
            Modes::StackedDigits if self.shape != [3, 28, 28] => {
                Some("digits are stacked in images of three channels of 28 × 28")
            }
            Modes::Scene(_) if self.shape != [1, 32, 32] => {
                Some("scenes are grey images of 32 × 32")
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
        match &self.values {
            Values::Bytes(bytes) => bytes.len() / self.image_size(),
            Values::Packed(packed) => packed.len(),
            Values::Floats(floats) => floats.len() / self.image_size(),
        }
    }

    /// The bytes of image `index`, plane by plane.
    ///
    /// # Errors
    /// If there is no such image, the set holds points, or its file cannot be read.
    pub fn image(&self, index: usize) -> Result<Cow<'_, [u8]>, DataError> {
        let index = self.checked(index)?;
        let size = self.image_size();
        match &self.values {
            Values::Bytes(bytes) => Ok(Cow::Borrowed(&bytes[index * size..][..size])),
            Values::Packed(packed) => {
                let mut bytes = vec![0; size];
                packed.read(index, &mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
            Values::Floats(_) => {
                Err(DataError::Mismatch(format!("{}: points have no bytes", self.name)))
            }
        }
    }

    /// All points, or `None` for a set of images.
    pub fn points(&self) -> Option<&[[f32; 2]]> {
        match &self.values {
            Values::Bytes(_) | Values::Packed(_) => None,
            Values::Floats(floats) => Some(floats.as_chunks().0),
        }
    }

    /// Whether this is a set of points.
    pub fn is_points(&self) -> bool {
        matches!(self.values, Values::Floats(_))
    }

    /// The rule that all images keep, where there is one: `dots 6-6`, `boxes`.
    pub fn scene(&self) -> Option<&str> {
        match &self.modes {
            Some(Modes::Scene(rule)) => Some(rule),
            _ => None,
        }
    }

    /// What the set is made of, where it is known.
    pub fn modes(&self) -> Option<&Modes> {
        self.modes.as_ref()
    }

    /// The class of every image, from 0 on, where the set has labels.
    pub fn labels(&self) -> Option<&[u32]> {
        self.labels.as_deref()
    }

    /// The names of the classes, in the order of their numbers, where the set has labels.
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
    }

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

    /// `index`, if there is such an image.
    fn checked(&self, index: usize) -> Result<usize, DataError> {
        match index < self.len() {
            true => Ok(index),
            false => {
                let problem = format!("{}: image {index} of {}", self.name, self.len());
                Err(DataError::Mismatch(problem))
            }
        }
    }

    fn image_size(&self) -> usize {
        self.shape.iter().product()
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
