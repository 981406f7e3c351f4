//! Adam (Kingma & Ba 2015, Algorithm 1).
//!
//! Burn has an Adam too. This one keeps its moments by parameter name, so that a checkpoint is one
//! file that fits or says what does not; and it restores them on the device of the parameters,
//! where Burn's opens the machine's first GPU.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use gan_kernels::{AdamCoefficients, AdamState, adam_step};
use gan_model::ConfigError;
use gan_weights::{ModulePath, NamedTensors, WeightFile, WeightsError};
use serde::{Deserialize, Serialize};

use crate::config::Schedule;
use crate::gradients::ParameterGradients;

/// The numbers of [`Adam`] through a run. The bias correction takes the numbers of the moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamSchedule {
    /// Step size α.
    pub learning_rate: Schedule,
    /// Decay of the mean of gradients.
    pub beta_1: f64,
    /// Decay of the mean of squared gradients.
    pub beta_2: Schedule,
    /// Added to the root of the mean of squared gradients.
    pub epsilon: f64,
}

/// The numbers of [`Adam`] in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// Bounds that [`Adam`] keeps; none unless set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Largest norm of all gradients together; longer ones are clipped to it (Pascanu et al. 2013,
    /// Algorithm 1).
    pub max_grad_norm: Option<f64>,
    /// Largest magnitude of a parameter after an update: the weight clipping of Arjovsky et al. 2017,
    /// Algorithm 1.
    pub weight_clip: Option<f64>,
}

/// Updates the parameters of one module from their gradients.
#[derive(Clone, Debug)]
pub struct Adam {
    /// Its numbers in the next step.
    pub config: AdamConfig,
    /// Bounds on gradients and parameters.
    pub limits: Limits,
    step: u64,
    moments: BTreeMap<String, Moments>,
}

/// Running means of one parameter's gradient and squared gradient, flattened.
#[derive(Clone, Debug)]
struct Moments {
    first: Tensor<1>,
    second: Tensor<1>,
}

impl AdamSchedule {
    /// The hyperparameters when the fraction `progress` of the run is over.
    pub fn at(&self, progress: f64) -> AdamConfig {
        let Self { learning_rate, beta_1, beta_2, epsilon } = *self;
        AdamConfig {
            learning_rate: learning_rate.at(progress),
            beta_1,
            beta_2: beta_2.at(progress),
            epsilon,
        }
    }

    pub(crate) fn check(&self, name: &str) -> Result<(), ConfigError> {
        let field = |field: &str| format!("{name}.{field}");
        let (positive, above_0) = (|x: f64| x > 0.0, "it must be above 0");
        let (decay, in_range) = (|x: f64| (0.0..1.0).contains(&x), "it must lie in [0, 1)");
        self.learning_rate.check(&field("learning_rate"), positive, above_0)?;
        Schedule::from(self.beta_1).check(&field("beta_1"), decay, in_range)?;
        self.beta_2.check(&field("beta_2"), decay, in_range)?;
        Schedule::from(self.epsilon).check(&field("epsilon"), positive, above_0)
    }
}

impl From<AdamConfig> for AdamSchedule {
    fn from(config: AdamConfig) -> Self {
        let AdamConfig { learning_rate, beta_1, beta_2, epsilon } = config;
        Self { learning_rate: learning_rate.into(), beta_1, beta_2: beta_2.into(), epsilon }
    }
}

impl Adam {
    /// An optimizer that has not stepped yet.
    pub fn new(config: AdamConfig) -> Self {
        Self { config, limits: Limits::default(), step: 0, moments: BTreeMap::new() }
    }

    /// Moves the parameters of `module` against `gradients`; those without a gradient stay.
    pub fn step<M: Module>(&mut self, module: &mut M, gradients: ParameterGradients) {
        self.step += 1;
        // A norm of 0 gives an infinite quotient, and the factor 1.
        let scale = self
            .limits
            .max_grad_norm
            .map(|max_norm| gradients.norm().recip().mul_scalar(max_norm).clamp_max(1.0));
        let path = ModulePath::new("");
        *module = module.clone().map(&mut Update { adam: self, gradients, scale, path });
    }

    /// Steps taken so far.
    pub(crate) fn steps(&self) -> u64 {
        self.step
    }

    /// The moments of `parameters` by name, each name preceded by `prefix`: those of one that has never had
    /// a gradient are 0, as they begin. None before the first step.
    pub(crate) fn named_moments(&self, parameters: &NamedTensors, prefix: &str) -> NamedTensors {
        let both = |(name, data): (&String, &TensorData)| {
            let zeros = || TensorData::zeros::<f32, _>([data.num_elements()]);
            let [first, second] = match self.moments.get(name) {
                Some(moments) => [moments.first.to_data(), moments.second.to_data()],
                None => [zeros(), zeros()],
            };
            let named = |moment: &str, data| (format!("{prefix}{name}.{moment}"), data);
            [named("moment_1", first), named("moment_2", second)]
        };
        parameters.iter().filter(|_| self.step > 0).flat_map(both).collect()
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
        Ok(Self { config, limits: Limits::default(), step, moments })
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
        let coefficients = AdamCoefficients {
            beta_1,
            beta_2,
            step_size: learning_rate * root_2 / correction_1,
            epsilon: epsilon * root_2,
        };
        let state = AdamState { parameter, moment_1: first, moment_2: second };
        let AdamState { parameter, moment_1, moment_2 } = adam_step(state, gradient, coefficients);
        self.moments.insert(name, Moments { first: moment_1, second: moment_2 });
        parameter
    }
}

struct Update<'a> {
    adam: &'a mut Adam,
    gradients: ParameterGradients,
    /// What gradients are multiplied with, `[1]`.
    scale: Option<Tensor<1>>,
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
            let Some(mut gradient) = self.gradients.take(&self.path.name()) else {
                return tensor;
            };
            let shape = tensor.shape();
            let parameter = tensor.inner().flatten(0, D - 1);
            if let Some(scale) = &self.scale {
                gradient = gradient * scale.clone();
            }
            let mut moved = self.adam.update(self.path.name(), parameter, gradient);
            if let Some(limit) = self.adam.limits.weight_clip {
                moved = moved.clamp(-limit, limit);
            }
            Tensor::from_inner(moved.reshape(shape)).require_grad()
        })
    }
}
