//! Weights by name: out of a module and back into it.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;

use crate::{NamedTensors, WeightFile, WeightsError};

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
