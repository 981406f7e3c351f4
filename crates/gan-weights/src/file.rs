//! Files of weights: safetensors out and in, PyTorch in.

use std::collections::{BTreeMap, HashMap};

use burn::tensor::TensorData;
#[cfg(feature = "pytorch")]
use pytorch_reader::{DType, PytorchReader};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::WeightsError;

/// Tensors on the host by name, sorted, so that equal weights make equal files.
pub type NamedTensors = BTreeMap<String, TensorData>;

/// A file of weights, whatever its format.
pub struct WeightFile<'a>(Format<'a>);

enum Format<'a> {
    Safetensors {
        tensors: SafeTensors<'a>,
        metadata: HashMap<String, String>,
    },
    #[cfg(feature = "pytorch")]
    Pytorch(PytorchReader),
}

impl<'a> WeightFile<'a> {
    /// Reads the header of `bytes`, a safetensors file; allocates nothing that they do not hold.
    ///
    /// # Errors
    /// If this is no safetensors file, or one that was cut short.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WeightsError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        Ok(Self(Format::Safetensors { tensors: SafeTensors::deserialize(bytes)?, metadata }))
    }

    /// The text stored under `key` beside the tensors; PyTorch's files hold none.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        match &self.0 {
            Format::Safetensors { metadata, .. } => metadata.get(key).map(String::as_str),
            #[cfg(feature = "pytorch")]
            Format::Pytorch(_) => None,
        }
    }

    /// The shape of every tensor, by name.
    pub fn shapes(&self) -> BTreeMap<String, Vec<usize>> {
        match &self.0 {
            Format::Safetensors { tensors, .. } => tensors
                .iter()
                .map(|(name, view)| (name.to_owned(), view.shape().to_vec()))
                .collect(),
            #[cfg(feature = "pytorch")]
            Format::Pytorch(reader) => {
                let tensors = reader.tensors().iter();
                tensors.map(|(name, tensor)| (name.clone(), tensor.shape().to_vec())).collect()
            }
        }
    }

    /// Numbers in all tensors together.
    pub fn parameter_count(&self) -> usize {
        match &self.0 {
            Format::Safetensors { tensors, .. } => {
                tensors.iter().map(|(_, view)| view.shape().iter().product::<usize>()).sum()
            }
            #[cfg(feature = "pytorch")]
            Format::Pytorch(reader) => {
                reader.tensors().values().map(|it| it.shape().iter().product::<usize>()).sum()
            }
        }
    }

    /// The tensor `name`, which must have `shape`.
    ///
    /// # Errors
    /// If it is missing, has another shape, is not f32, or holds a number that is not finite.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorData, WeightsError> {
        Ok(TensorData::new(self.values(name, shape)?, shape.to_vec()))
    }

    /// The same as plain numbers, row-major.
    ///
    /// # Errors
    /// If it is missing, has another shape, is not f32, or holds a number that is not finite.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let values = match &self.0 {
            Format::Safetensors { tensors, .. } => {
                let view = tensors.tensor(name).map_err(|_| missing(name))?;
                let is_f32 = view.dtype() == Dtype::F32;
                check(name, view.shape(), shape, is_f32, &view.dtype())?;
                let (words, _) = view.data().as_chunks::<4>();
                words.iter().copied().map(f32::from_le_bytes).collect::<Vec<_>>()
            }
            #[cfg(feature = "pytorch")]
            Format::Pytorch(reader) => {
                let tensor = reader.get(name).ok_or_else(|| missing(name))?;
                let is_f32 = tensor.dtype() == DType::F32;
                check(name, tensor.shape(), shape, is_f32, &tensor.dtype())?;
                let bytes = tensor.read().map_err(|error| WeightsError::CutShort {
                    name: name.to_owned(),
                    reason: error.to_string(),
                })?;
                let (words, _) = bytes.as_chunks::<4>();
                words.iter().copied().map(f32::from_ne_bytes).collect()
            }
        };
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(WeightsError::NotFinite(name.to_owned())),
        }
    }
}

#[cfg(feature = "pytorch")]
impl WeightFile<'static> {
    /// Reads the names and shapes in a file of `torch.save`, executing nothing.
    ///
    /// # Errors
    /// If it cannot be read, or is no such file.
    pub fn pytorch(path: &std::path::Path) -> Result<Self, WeightsError> {
        let reader =
            PytorchReader::new(path).map_err(|error| WeightsError::Pytorch(error.to_string()))?;
        Ok(Self(Format::Pytorch(reader)))
    }
}

fn missing(name: &str) -> WeightsError {
    WeightsError::Missing(name.to_owned())
}

fn check(
    name: &str,
    found: &[usize],
    needed: &[usize],
    is_f32: bool,
    dtype: &dyn std::fmt::Debug,
) -> Result<(), WeightsError> {
    let name = name.to_owned();
    if !is_f32 {
        return Err(WeightsError::Dtype { name, dtype: format!("{dtype:?}") });
    }
    if found != needed {
        let (found, needed) = (found.to_vec(), needed.to_vec());
        return Err(WeightsError::Shape { name, found, needed });
    }
    Ok(())
}

/// The bytes of a safetensors file with `tensors` (f32) and one entry of metadata.
///
/// One entry only: the format keeps its metadata in no fixed order, and equal contents should
/// make equal files.
pub fn write_weight_file(tensors: &NamedTensors, key: &str, value: String) -> Vec<u8> {
    let bytes: Vec<(&str, &TensorData)> =
        tensors.iter().map(|(name, data)| (name.as_str(), data)).collect();
    let views = bytes.iter().map(|(name, data)| {
        let view = TensorView::new(Dtype::F32, data.shape().to_vec(), data.as_bytes())
            .expect("f32 data has four bytes an element");
        (*name, view)
    });
    let metadata = HashMap::from([(key.to_owned(), value)]);
    safetensors::serialize(views, Some(metadata)).expect("names and shapes come from live tensors")
}
