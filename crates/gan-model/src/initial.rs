//! Initial weights, and how many parameters there are.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use gan_random::{Rng, Stream};

use crate::error::ConfigError;

/// Draws the weights of one network on the host; each tensor from the next index of the stream.
pub(crate) struct InitialWeights<'a> {
    rng: Rng,
    stream: Stream,
    index: u64,
    device: &'a Device,
}

impl<'a> InitialWeights<'a> {
    pub(crate) fn new(rng: Rng, stream: Stream, device: &'a Device) -> Self {
        Self { rng, stream, index: 0, device }
    }

    /// The same, drawing from `index` on.
    pub(crate) fn starting_at(self, index: usize) -> Self {
        Self { index: index as u64, ..self }
    }

    /// Values from N(`mean`, `std`²).
    pub(crate) fn normal<const D: usize>(
        &mut self,
        shape: [usize; D],
        mean: f64,
        std: f64,
    ) -> Param<Tensor<D>> {
        let mut values = self.rng.normal(self.stream, self.index, shape.iter().product());
        self.index += 1;
        for value in &mut values {
            *value = *value * std as f32 + mean as f32;
        }
        Param::from_data(TensorData::new(values, shape), self.device)
    }

    /// The same value everywhere; uses up no index.
    pub(crate) fn constant<const D: usize>(
        &self,
        shape: [usize; D],
        value: f32,
    ) -> Param<Tensor<D>> {
        Param::from_data(TensorData::full(shape, value), self.device)
    }

    /// A linear layer with weights from N(0, `std`²) and biases of zero.
    pub(crate) fn linear(&mut self, inputs: usize, outputs: usize, std: f64) -> Linear {
        let weight = self.normal([inputs, outputs], 0.0, std);
        Linear { weight, bias: Some(self.constant([outputs], 0.0)) }
    }
}

/// Standard deviation that keeps the size of values through a layer of ReLU, each the sum of `fan_in`
/// (He et al. 2015, equation 10).
pub(crate) fn he_std(fan_in: usize) -> f64 {
    (2.0 / fan_in as f64).sqrt()
}

/// Adds up the parameters of a network without building it; never overflows.
#[derive(Default)]
pub(crate) struct ParameterCount(usize);

impl ParameterCount {
    /// A network that has `count` already.
    pub(crate) fn beginning_with(count: usize) -> Self {
        Self(count)
    }

    /// A tensor of this shape.
    pub(crate) fn tensor(&mut self, shape: &[usize]) {
        let count = shape.iter().fold(1usize, |product, &side| product.saturating_mul(side));
        self.0 = self.0.saturating_add(count);
    }

    /// The sum, with the vectors of a class-conditional network's classes, `width` values each.
    ///
    /// # Errors
    /// If no machine could hold it; `field` and `value` decide how large it is.
    pub(crate) fn with_classes(
        mut self,
        classes: Option<usize>,
        width: usize,
        field: &str,
        value: impl std::fmt::Debug,
    ) -> Result<usize, ConfigError> {
        const LIMIT: usize = 1 << 31;
        const RULE: &str = "the network would exceed 2^31 parameters";
        if self.0 > LIMIT {
            return Err(ConfigError::new(field, value, RULE));
        }
        let Some(classes) = classes else { return Ok(self.0) };
        if classes == 0 {
            return Err(ConfigError::new("classes", 0, "a conditional network has 1 or more"));
        }
        self.tensor(&[classes, width]);
        match self.0 {
            0..=LIMIT => Ok(self.0),
            _ => Err(ConfigError::new("classes", classes, RULE)),
        }
    }
}

/// Refuses images without pixels, and images beyond all measure.
pub(crate) fn check_image_shape(image_shape: [usize; 3]) -> Result<(), ConfigError> {
    let pixels = image_shape.iter().try_fold(1usize, |product, &side| product.checked_mul(side));
    match pixels {
        Some(1..=0x100_0000) => Ok(()),
        _ => {
            let rule = "an image has between 1 and 2^24 values";
            Err(ConfigError::new("image_shape", image_shape, rule))
        }
    }
}
