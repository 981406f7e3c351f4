//! The exponential moving average of a generator's weights: what is sampled from.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;
use gan_kernels::blend;
use gan_model::ConfigError;
use gan_weights::ModulePath;
use serde::{Deserialize, Serialize};

/// How fast the average forgets (Karras et al. 2018, section 4; the half-life in images and its
/// ramp-up are those of StyleGAN2's program).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmaConfig {
    /// Real images after which a weight of old counts half.
    pub half_life_images: f64,
    /// Early on, the half-life is at most this share of the images seen; 0 is no ramp-up.
    #[serde(default)]
    pub ramp_up: f64,
}

/// The average of a module's weights, on the device without autodiff.
///
/// Running statistics of batch normalisation are averaged like weights.
#[derive(Clone, Debug)]
pub struct Ema<G> {
    average: G,
}

impl EmaConfig {
    /// The weight of the old average in a step of `images` real images that ends at `images_seen`:
    /// 2^(−images / half-life).
    pub fn decay(&self, images: u64, images_seen: u64) -> f64 {
        let half_life = match self.ramp_up > 0.0 {
            true => self.half_life_images.min(self.ramp_up * images_seen as f64),
            false => self.half_life_images,
        };
        (-(images as f64) / half_life).exp2()
    }

    pub(crate) fn check(&self, field: &str) -> Result<(), ConfigError> {
        let half_life = self.half_life_images;
        if !(half_life.is_finite() && half_life > 0.0) {
            let field = format!("{field}.half_life_images");
            return Err(ConfigError::new(field, half_life, "it must be above 0"));
        }
        if !(self.ramp_up.is_finite() && self.ramp_up >= 0.0) {
            let field = format!("{field}.ramp_up");
            return Err(ConfigError::new(field, self.ramp_up, "it must be 0 or above"));
        }
        Ok(())
    }
}

impl<G: Module> Ema<G> {
    /// Begins with the weights of `module`, which may be on a device with autodiff.
    pub fn new(module: &G) -> Self {
        Self { average: module.valid() }
    }

    /// Goes on with `average`, which is on a device without autodiff.
    pub(crate) fn from_average(average: G) -> Self {
        Self { average }
    }

    /// average ← decay · average + (1 − decay) · module.
    pub fn update(&mut self, module: &G, decay: f64) {
        let mut collect = Collect { path: ModulePath::new(""), weights: BTreeMap::new() };
        module.valid().visit(&mut collect);
        let (path, weights) = (ModulePath::new(""), collect.weights);
        self.average = self.average.clone().map(&mut Blend { path, weights, decay });
    }

    /// The average.
    pub fn average(&self) -> &G {
        &self.average
    }
}

/// All weights by name, flattened.
struct Collect {
    path: ModulePath,
    weights: BTreeMap<String, Tensor<1>>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.weights.insert(self.path.name(), param.val().flatten(0, D - 1));
    }
}

struct Blend {
    path: ModulePath,
    weights: BTreeMap<String, Tensor<1>>,
    decay: f64,
}

impl ModuleMapper for Blend {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|average| match self.weights.remove(&self.path.name()) {
            Some(weight) => {
                let weight = weight.reshape(average.shape());
                blend(average, weight, self.decay)
            }
            None => average,
        })
    }
}
