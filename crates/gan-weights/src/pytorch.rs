//! Weights of extractors by name, from safetensors files and from PyTorch's.

use std::collections::HashMap;
use std::path::Path;

use pytorch_reader::{DType, PytorchReader};
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::ExtractorError;

/// A file of weights, whatever its format.
pub(crate) struct WeightFile<'a> {
    file: String,
    tensors: Tensors<'a>,
}

enum Tensors<'a> {
    Safetensors { tensors: SafeTensors<'a>, metadata: HashMap<String, String> },
    Pytorch(PytorchReader),
}

impl<'a> WeightFile<'a> {
    /// Reads the header of a safetensors file, `bytes`; `file` is what errors call it.
    pub(crate) fn safetensors(file: &str, bytes: &'a [u8]) -> Result<Self, ExtractorError> {
        let parse = || {
            let (_, header) = SafeTensors::read_metadata(bytes)?;
            let metadata = header.metadata().clone().unwrap_or_default();
            Ok(Tensors::Safetensors { tensors: SafeTensors::deserialize(bytes)?, metadata })
        };
        let tensors = parse().map_err(|error: safetensors::SafeTensorError| {
            ExtractorError::file(file, format!("not a whole safetensors file: {error}"))
        })?;
        Ok(Self { file: file.to_owned(), tensors })
    }

    /// Reads the names and shapes in a file of `torch.save`, executing nothing.
    pub(crate) fn pytorch(path: &Path) -> Result<Self, ExtractorError> {
        let file = path.display().to_string();
        let reader = PytorchReader::new(path).map_err(|error| {
            ExtractorError::file(&file, format!("not a PyTorch file of weights: {error}"))
        })?;
        Ok(Self { file, tensors: Tensors::Pytorch(reader) })
    }

    /// The text stored under `key` beside the tensors.
    pub(crate) fn metadata(&self, key: &str) -> Option<&str> {
        match &self.tensors {
            Tensors::Safetensors { metadata, .. } => metadata.get(key).map(String::as_str),
            Tensors::Pytorch(_) => None,
        }
    }

    /// The values of the tensor `name`, row-major, which must be f32 of `shape`, all finite.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ExtractorError> {
        let (found, is_f32) = match &self.tensors {
            Tensors::Safetensors { tensors, .. } => {
                let view = tensors.tensor(name).map_err(|_| self.missing(name))?;
                (view.shape().to_vec(), view.dtype() == Dtype::F32)
            }
            Tensors::Pytorch(reader) => {
                let tensor = reader.get(name).ok_or_else(|| self.missing(name))?;
                (tensor.shape().to_vec(), tensor.dtype() == DType::F32)
            }
        };
        if found != shape {
            return Err(ExtractorError::Shape {
                file: self.file.clone(),
                tensor: name.to_owned(),
                found,
                needed: shape.to_vec(),
            });
        }
        if !is_f32 {
            return Err(self.unfit(name, "holds no 32-bit floats"));
        }
        let values = self.floats(name)?;
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(self.unfit(name, "holds a number that is not finite")),
        }
    }

    fn floats(&self, name: &str) -> Result<Vec<f32>, ExtractorError> {
        match &self.tensors {
            Tensors::Safetensors { tensors, .. } => {
                let view = tensors.tensor(name).map_err(|_| self.missing(name))?;
                let (words, _) = view.data().as_chunks::<4>();
                Ok(words.iter().copied().map(f32::from_le_bytes).collect())
            }
            Tensors::Pytorch(reader) => {
                let tensor = reader.get(name).ok_or_else(|| self.missing(name))?;
                let bytes = tensor
                    .read()
                    .map_err(|error| self.unfit(name, &format!("is cut short: {error}")))?;
                let (words, _) = bytes.as_chunks::<4>();
                Ok(words.iter().copied().map(f32::from_ne_bytes).collect())
            }
        }
    }

    fn missing(&self, name: &str) -> ExtractorError {
        ExtractorError::Missing { file: self.file.clone(), tensor: name.to_owned() }
    }

    /// The error that the tensor `name` is of no use.
    pub(crate) fn unfit(&self, name: &str, problem: &str) -> ExtractorError {
        ExtractorError::Values {
            file: self.file.clone(),
            tensor: name.to_owned(),
            problem: problem.to_owned(),
        }
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
