//! Adam (Kingma & Ba 2015, Algorithm 1).
//!
//! Burn has an Adam too. This one keeps its moments by parameter name, so that a checkpoint is one
//! file that fits or says what does not; and it restores them on the device of the parameters,
//! where Burn's opens the machine's first GPU.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Gradients, Tensor};
use gan_kernels::{AdamNumbers, AdamState, adam_step};
use gan_model::{ConfigError, ModulePath, NamedTensors, WeightFile, WeightsError};
use serde::{Deserialize, Serialize};

/// The numbers of [`Adam`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamConfig {
    /// Step size α.
    pub learning_rate: f64,
    /// Decay of the mean of gradients.
    pub beta_1: f64,
    /// Decay of the mean of squared gradients.
    pub beta_2: f64,
    /// Added to the root of the mean of squared gradients.
    pub epsilon: f64,
}

/// Updates the parameters of one module from their gradients.
#[derive(Clone, Debug)]
pub struct Adam {
    pub(crate) config: AdamConfig,
    step: u64,
    moments: BTreeMap<String, Moments>,
}

/// Running means of one parameter's gradient and squared gradient, flattened.
#[derive(Clone, Debug)]
struct Moments {
    first: Tensor<1>,
    second: Tensor<1>,
}

impl AdamConfig {
    pub(crate) fn check(&self, name: &str) -> Result<(), ConfigError> {
        let rule = |ok: bool, field: &str, value: f64, rule: &str| match ok {
            true => Ok(()),
            false => Err(ConfigError::new(format!("{name}.{field}"), value, rule)),
        };
        let positive = |x: f64| x.is_finite() && x > 0.0;
        rule(
            positive(self.learning_rate),
            "learning_rate",
            self.learning_rate,
            "it must be above 0",
        )?;
        rule((0.0..1.0).contains(&self.beta_1), "beta_1", self.beta_1, "it must lie in [0, 1)")?;
        rule((0.0..1.0).contains(&self.beta_2), "beta_2", self.beta_2, "it must lie in [0, 1)")?;
        rule(positive(self.epsilon), "epsilon", self.epsilon, "it must be above 0")
    }
}

impl Adam {
    /// An optimizer that has not stepped yet.
    pub fn new(config: AdamConfig) -> Self {
        Self { config, step: 0, moments: BTreeMap::new() }
    }

    /// Moves the parameters of `module` against `gradients`; those without a gradient stay.
    pub fn step<M: Module>(&mut self, module: &mut M, gradients: Gradients) {
        self.step += 1;
        let path = ModulePath::new("");
        *module = module.clone().map(&mut Update { adam: self, gradients, path });
    }

    /// Steps taken so far.
    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    /// The moments by parameter name, each name preceded by `prefix`.
    pub(crate) fn named_moments(&self, prefix: &str) -> NamedTensors {
        let both = |(name, moments): (&String, &Moments)| {
            [
                (format!("{prefix}{name}.moment_1"), moments.first.to_data()),
                (format!("{prefix}{name}.moment_2"), moments.second.to_data()),
            ]
        };
        self.moments.iter().flat_map(both).collect()
    }

    /// An optimizer that has taken `step` steps on parameters called `names` with as many numbers
    /// as given, and the moments that `file` holds under `prefix`.
    pub(crate) fn restore(
        config: AdamConfig,
        step: u64,
        parameters: &NamedTensors,
        file: &WeightFile<'_>,
        prefix: &str,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let mut moments = BTreeMap::new();
        // Nothing to restore before the first step.
        for (name, data) in parameters.iter().filter(|_| step > 0) {
            let length = data.num_elements();
            let load = |moment: &str| -> Result<Tensor<1>, WeightsError> {
                let data = file.tensor(&format!("{prefix}{name}.{moment}"), &[length])?;
                Ok(Tensor::from_data(data, device))
            };
            let both = Moments { first: load("moment_1")?, second: load("moment_2")? };
            moments.insert(name.clone(), both);
        }
        Ok(Self { config, step, moments })
    }

    /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²; the move is α · m̂ / (√v̂ + ε) with
    /// m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).
    fn update(&mut self, name: String, parameter: Tensor<1>, gradient: Tensor<1>) -> Tensor<1> {
        let AdamConfig { learning_rate, beta_1, beta_2, epsilon } = self.config;
        let Moments { first, second } = self.moments.remove(&name).unwrap_or_else(|| {
            let zeros = Tensor::zeros(parameter.shape(), &parameter.device());
            Moments { first: zeros.clone(), second: zeros }
        });
        // √v̂ + ε = (√v + ε√c₂) / √c₂: the corrections become two numbers, not two passes.
        let correction_1 = 1.0 - beta_1.powf(self.step as f64);
        let root_2 = (1.0 - beta_2.powf(self.step as f64)).sqrt();
        let numbers = AdamNumbers {
            beta_1,
            beta_2,
            step_size: learning_rate * root_2 / correction_1,
            epsilon: epsilon * root_2,
        };
        let state = AdamState { parameter, moment_1: first, moment_2: second };
        let AdamState { parameter, moment_1, moment_2 } = adam_step(state, gradient, numbers);
        self.moments.insert(name, Moments { first: moment_1, second: moment_2 });
        parameter
    }
}

struct Update<'a> {
    adam: &'a mut Adam,
    gradients: Gradients,
    path: ModulePath,
}

impl ModuleMapper for Update<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| {
            let Some(gradient) = tensor.grad_remove(&mut self.gradients) else {
                return tensor;
            };
            let shape = tensor.shape();
            let (parameter, gradient) =
                (tensor.inner().flatten(0, D - 1), gradient.flatten(0, D - 1));
            let moved = self.adam.update(self.path.name(), parameter, gradient);
            Tensor::from_inner(moved.reshape(shape)).require_grad()
        })
    }
}
