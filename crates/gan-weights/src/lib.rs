//! Weights by name: from a module into a safetensors file and back.
//!
//! Works for any Burn module, so a network of your own is saved and loaded like ours. A tensor's
//! name is its path in the module, such as `output.weight`.

use std::collections::{BTreeMap, HashMap};

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::WeightsError;

/// Tensors on the host by name, sorted, so that equal weights make equal files.
pub type NamedTensors = BTreeMap<String, TensorData>;

/// The tensors of `module`, each name preceded by `prefix`: weights, and the running statistics of
/// batch norm.
pub fn named_weights<M: Module>(module: &M, prefix: &str) -> NamedTensors {
    // Running statistics lag one update behind until the module is asked for its valid form.
    collect(&module.valid(), prefix, |_| true)
}

/// The tensors of `module` that gradients move, each name preceded by `prefix`.
pub fn learned_weights<M: Module>(module: &M, prefix: &str) -> NamedTensors {
    collect(module, prefix, |is_learned| is_learned)
}

fn collect<M: Module>(module: &M, prefix: &str, keep: fn(bool) -> bool) -> NamedTensors {
    struct Collect {
        path: ModulePath,
        tensors: NamedTensors,
        keep: fn(bool) -> bool,
    }
    impl ModuleVisitor for Collect {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if (self.keep)(param.is_require_grad()) {
                self.tensors.insert(self.path.name(), param.val().into_data());
            }
        }
    }
    let (path, tensors) = (ModulePath::new(prefix), NamedTensors::new());
    let mut collect = Collect { path, tensors, keep };
    module.visit(&mut collect);
    collect.tensors
}

/// `module` with the weights that `file` holds under `prefix`, on the device it is on.
///
/// # Errors
/// If a tensor is missing, has another shape, is not f32, or holds a number that is not finite.
pub fn load_weights<M: Module>(
    module: M,
    file: &WeightFile<'_>,
    prefix: &str,
) -> Result<M, WeightsError> {
    struct Load<'a> {
        path: ModulePath,
        file: &'a WeightFile<'a>,
        error: Option<WeightsError>,
    }
    impl ModuleMapper for Load<'_> {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let shape: Vec<usize> = param.lazy_shape().iter().copied().collect();
            match self.file.tensor(&self.path.name(), &shape) {
                Ok(data) => param.map(|old| {
                    let new = Tensor::from_data(data, &old.device());
                    new.set_require_grad(old.is_require_grad())
                }),
                Err(error) => {
                    self.error.get_or_insert(error);
                    param
                }
            }
        }
    }
    let mut load = Load { path: ModulePath::new(prefix), file, error: None };
    let module = module.map(&mut load);
    load.error.map_or(Ok(module), Err)
}

/// A safetensors file in memory, its header checked against its length.
pub struct WeightFile<'a> {
    tensors: SafeTensors<'a>,
    metadata: HashMap<String, String>,
}

impl<'a> WeightFile<'a> {
    /// Reads the header of `bytes`; allocates nothing that they do not hold.
    ///
    /// # Errors
    /// If this is no safetensors file, or one that was cut short.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, WeightsError> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        Ok(Self { tensors: SafeTensors::deserialize(bytes)?, metadata })
    }

    /// The text stored under `key` beside the tensors.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Numbers in all tensors together.
    pub fn parameter_count(&self) -> usize {
        self.tensors.iter().map(|(_, view)| view.data().len() / 4).sum()
    }

    /// The tensor `name`, which must have `shape`.
    ///
    /// # Errors
    /// If it is missing, has another shape, is not f32, or holds a number that is not finite.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<TensorData, WeightsError> {
        let view = self.tensors.tensor(name).map_err(|_| WeightsError::Missing(name.to_owned()))?;
        if view.dtype() != Dtype::F32 {
            let dtype = format!("{:?}", view.dtype());
            return Err(WeightsError::Dtype { name: name.to_owned(), dtype });
        }
        if view.shape() != shape {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: view.shape().to_vec(),
                needed: shape.to_vec(),
            });
        }
        let (words, _) = view.data().as_chunks::<4>();
        let values: Vec<f32> = words.iter().copied().map(f32::from_le_bytes).collect();
        if values.iter().any(|value| !value.is_finite()) {
            return Err(WeightsError::NotFinite(name.to_owned()));
        }
        Ok(TensorData::new(values, shape.to_vec()))
    }
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

/// The dotted name of where a visitor or mapper stands in a module; what names tensors in files.
#[derive(Clone, Debug)]
pub struct ModulePath {
    prefix: String,
    parts: Vec<Option<String>>,
}

impl ModulePath {
    /// The root, whose tensors' names begin with `prefix`.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), parts: Vec::new() }
    }

    /// Call it from `enter_module`.
    pub fn enter(&mut self, name: &str, container: &str) {
        // The variant of an enum says which network it is, which the configuration says as well.
        let is_variant = container.starts_with("Enum:");
        self.parts.push((!is_variant).then(|| name.to_owned()));
    }

    /// Call it from `exit_module`.
    pub fn exit(&mut self) {
        self.parts.pop();
    }

    /// The name of the tensor that is being visited, such as `output.weight`.
    pub fn name(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().flatten().map(String::as_str).collect();
        format!("{}{}", self.prefix, parts.join("."))
    }
}
