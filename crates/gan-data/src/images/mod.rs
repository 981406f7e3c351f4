//! Images of one size, in memory or in a packed file; or points of the plane.

mod batch;
mod checksum;
mod modes;
mod packed;

use std::borrow::Cow;
use std::sync::Arc;

pub use batch::LabelledImage;
pub(crate) use checksum::Checksum;
pub use modes::Modes;
pub(crate) use packed::Packed;

use crate::DataError;
use crate::labels::MAX_CLASSES;

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

    /// The class of every image, from 0 on, where the set has labels.
    pub fn labels(&self) -> Option<&[u32]> {
        self.labels.as_deref()
    }

    /// The names of the classes, in the order of their numbers, where the set has labels.
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
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
