//! Extractors: what turns images into the features that distances are taken between.

use std::path::Path;

use burn::tensor::{Device, Tensor};

use crate::measurement::ExtractorId;

mod error;
mod inception;
mod mnistcnn;
mod outputs;
mod pixels;
mod randomcnn;

pub use error::ExtractorError;
pub use inception::Inception;
pub use mnistcnn::train::{ExtractorTraining, LabelledImages, TrainingProgress, train_extractor};
pub use mnistcnn::{Description, MnistCnn};
pub use outputs::Outputs;
pub use pixels::Pixels;
pub use randomcnn::RandomCnn;

/// What turns images into features.
#[derive(Debug)]
pub enum Extractor {
    /// A small classifier that this workspace trained.
    MnistCnn(Box<MnistCnn>),
    /// The Inception-v3 that FID is defined with.
    Inception(Inception),
    /// A convolutional network that was never trained.
    RandomCnn(Box<RandomCnn>),
    /// The pixels themselves.
    Pixels(Pixels),
    /// The coordinates of points in the plane.
    Points(Pixels),
}

impl Extractor {
    /// The digit classifier inside this crate, on `device`.
    ///
    /// # Errors
    /// If the embedded weights are damaged.
    pub fn mnistcnn(device: &Device) -> Result<Self, ExtractorError> {
        Ok(Self::MnistCnn(Box::new(MnistCnn::embedded(device)?)))
    }

    /// A classifier that [`train_extractor`](crate::train_extractor) made and
    /// [`MnistCnn::to_bytes`] gave, on `device`.
    ///
    /// # Errors
    /// If the file cannot be read or holds no such classifier.
    pub fn from_file(path: &Path, device: &Device) -> Result<Self, ExtractorError> {
        Ok(Self::MnistCnn(Box::new(MnistCnn::from_file(path, device)?)))
    }

    /// FID's Inception-v3 with the weights in `path` (safetensors, or PyTorch's `.pth`), on
    /// `device`.
    ///
    /// # Errors
    /// If the file cannot be read, or a tensor is missing or has another shape.
    pub fn inception(path: &Path, device: &Device) -> Result<Self, ExtractorError> {
        Ok(Self::Inception(Inception::from_file(path, device)?))
    }

    /// The network that was never trained, for images of `image_shape`, on `device`.
    pub fn randomcnn(image_shape: [usize; 3], device: &Device) -> Self {
        Self::RandomCnn(Box::new(RandomCnn::new(image_shape, device)))
    }

    /// The coordinates of points in the plane, `[batch, 2, 1, 1]`.
    pub fn points() -> Self {
        Self::Points(Pixels { image_shape: [2, 1, 1] })
    }

    /// The pixels of images of `image_shape`, `[channels, height, width]`.
    pub fn pixels(image_shape: [usize; 3]) -> Self {
        Self::Pixels(Pixels { image_shape })
    }

    /// What metrics are named after: `mnistcnn`, `randomcnn`, `inception`, `pixels`, `points`, or
    /// the name in a file.
    pub fn name(&self) -> &str {
        match self {
            Self::MnistCnn(network) => &network.description().name,
            Self::Inception(_) => "inception",
            Self::RandomCnn(_) => "randomcnn",
            Self::Points(_) => "points",
            Self::Pixels(_) => "pixels",
        }
    }

    /// SHA-256 of the file of weights, in hexadecimal; that of nothing where there are none.
    pub fn hash(&self) -> &str {
        match self {
            Self::MnistCnn(network) => network.hash(),
            Self::Inception(network) => network.hash(),
            Self::RandomCnn(network) => network.hash(),
            Self::Pixels(_) | Self::Points(_) => {
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            }
        }
    }

    /// What measurements say of it.
    pub fn id(&self) -> ExtractorId {
        ExtractorId { name: self.name().to_owned(), hash: self.hash().to_owned() }
    }

    /// Classes that it tells apart, where it is a classifier.
    pub fn classes(&self) -> Option<usize> {
        match self {
            Self::MnistCnn(network) => Some(network.description().classes),
            Self::Inception(_) | Self::RandomCnn(_) | Self::Pixels(_) | Self::Points(_) => None,
        }
    }

    /// Numbers in the features of one image.
    pub fn feature_dim(&self) -> usize {
        match self {
            Self::MnistCnn(_) => MnistCnn::FEATURES,
            Self::Inception(_) => Inception::FEATURES,
            Self::RandomCnn(_) => RandomCnn::FEATURES,
            Self::Pixels(pixels) | Self::Points(pixels) => pixels.image_shape.iter().product(),
        }
    }

    /// Features, and logits where there are any, of `images`, `[batch, channels, height, width]`
    /// in `[0, 1]`, on the device that the extractor is on.
    ///
    /// # Errors
    /// If images of this shape are not for this extractor.
    pub fn outputs(&self, images: Tensor<4>) -> Result<Outputs, ExtractorError> {
        match self {
            Self::MnistCnn(network) => network.outputs(images),
            Self::Inception(network) => network.outputs(images),
            Self::RandomCnn(network) => network.outputs(images),
            Self::Pixels(pixels) | Self::Points(pixels) => pixels.outputs(images),
        }
    }
}
