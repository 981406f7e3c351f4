//! The gradients of one network's parameters, between `backward` and the update.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};
use gan_kernels::squared_norms;
use gan_weights::ModulePath;

/// The gradient of every parameter that has one, by the parameter's name and flattened, on the device
/// without autodiff. Between processes that train together, these are what is averaged.
#[derive(Clone, Debug)]
pub struct ParameterGradients {
    by_name: BTreeMap<String, Tensor<1>>,
    norm: Tensor<1>,
}

impl ParameterGradients {
    /// The gradients of `objective`, `[1]`, in the parameters of `module`.
    pub fn of<M: Module>(objective: &Tensor<1>, module: &M) -> Self {
        let (path, gradients) = (ModulePath::new(""), objective.backward());
        let mut collect = Collect { path, gradients, by_name: BTreeMap::new() };
        module.visit(&mut collect);
        let none = Tensor::zeros([1], &objective.clone().inner().device());
        let norm = collect.by_name.values().map(squared_norm).reduce(|a, b| a + b);
        Self { norm: norm.unwrap_or(none).sqrt(), by_name: collect.by_name }
    }

    /// The norm of all gradients together, `[1]`, left on the device.
    pub fn norm(&self) -> Tensor<1> {
        self.norm.clone()
    }

    /// The gradient of the parameter `name`, which is then no longer here.
    pub(crate) fn take(&mut self, name: &str) -> Option<Tensor<1>> {
        self.by_name.remove(name)
    }
}

/// ‖g‖², `[1]`.
fn squared_norm(gradient: &Tensor<1>) -> Tensor<1> {
    squared_norms(gradient.clone().unsqueeze()).reshape([1])
}

struct Collect {
    path: ModulePath,
    gradients: Gradients,
    by_name: BTreeMap<String, Tensor<1>>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(&mut self.gradients) {
            self.by_name.insert(self.path.name(), gradient.flatten(0, D - 1));
        }
    }
}
