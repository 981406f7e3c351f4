//! The layers of the classifier: made, run and written.

use std::collections::HashMap;

use burn::module::{Module, Param};
use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use super::description::Description;
use crate::extractors::error::ExtractorError;

/// Numbers in the features of one image.
pub(crate) const FEATURES: usize = 64;

/// Kernel and width of each convolution.
const CONVS: [(usize, usize); 3] = [(5, 32), (3, 64), (3, 96)];

/// The classifier's layers.
#[derive(Module, Debug)]
pub(crate) struct Network {
    convs: Vec<Conv>,
    features: Linear,
    classes: Linear,
}

/// A convolution of stride 2 that halves the sides, rounded up.
#[derive(Module, Debug)]
struct Conv {
    /// `[out, in, kernel, kernel]`.
    weight: Param<Tensor<4>>,
    /// `[out]`.
    bias: Param<Tensor<1>>,
}

/// A fully connected layer.
#[derive(Module, Debug)]
struct Linear {
    /// `[in, out]`.
    weight: Param<Tensor<2>>,
    /// `[out]`.
    bias: Param<Tensor<1>>,
}

impl Network {
    /// Features `[batch, 64]` and logits `[batch, classes]` of `images`, `[batch, c, h, w]`.
    pub(crate) fn forward(&self, images: Tensor<4>) -> (Tensor<2>, Tensor<2>) {
        let maps = self.convs.iter().fold(images, |x, conv| relu(conv.forward(x)));
        let features = relu(self.features.forward(maps.flatten(1, 3)));
        let logits = self.classes.forward(features.clone());
        (features, logits)
    }

    /// A network whose tensor `name` of `shape` holds `values(name, shape)`.
    pub(crate) fn build(
        description: &Description,
        device: &Device,
        mut values: impl FnMut(&str, &[usize]) -> Result<Vec<f32>, ExtractorError>,
    ) -> Result<Self, ExtractorError> {
        let [mut channels, mut height, mut width] = description.image_shape;
        let mut convs = Vec::new();
        for (index, (kernel, out)) in CONVS.into_iter().enumerate() {
            let shape = [out, channels, kernel, kernel];
            let weight = values(&format!("convs.{index}.weight"), &shape)?;
            let bias = values(&format!("convs.{index}.bias"), &[out])?;
            convs.push(Conv {
                weight: Param::from_data(TensorData::new(weight, shape), device),
                bias: Param::from_data(TensorData::new(bias, [out]), device),
            });
            (channels, height, width) = (out, height.div_ceil(2), width.div_ceil(2));
        }
        let mut linear = |name: &str, shape: [usize; 2]| -> Result<Linear, ExtractorError> {
            let weight = values(&format!("{name}.weight"), &shape)?;
            let bias = values(&format!("{name}.bias"), &shape[1..])?;
            Ok(Linear {
                weight: Param::from_data(TensorData::new(weight, shape), device),
                bias: Param::from_data(TensorData::new(bias, [shape[1]]), device),
            })
        };
        let features = linear("features", [channels * height * width, FEATURES])?;
        let classes = linear("classes", [FEATURES, description.classes])?;
        Ok(Self { convs, features, classes })
    }

    /// A safetensors file of the weights, with one entry of metadata.
    pub(crate) fn encode(&self, key: &str, value: String) -> Vec<u8> {
        let mut tensors: Vec<(String, TensorData)> = Vec::new();
        for (index, conv) in self.convs.iter().enumerate() {
            tensors.push((format!("convs.{index}.weight"), conv.weight.val().into_data()));
            tensors.push((format!("convs.{index}.bias"), conv.bias.val().into_data()));
        }
        for (name, linear) in [("features", &self.features), ("classes", &self.classes)] {
            tensors.push((format!("{name}.weight"), linear.weight.val().into_data()));
            tensors.push((format!("{name}.bias"), linear.bias.val().into_data()));
        }
        let views = tensors.iter().map(|(name, data)| {
            let view = TensorView::new(Dtype::F32, data.shape().to_vec(), data.as_bytes())
                .expect("f32 data has four bytes an element");
            (name.as_str(), view)
        });
        // One entry only: the format keeps its metadata in no fixed order.
        let metadata = HashMap::from([(key.to_owned(), value)]);
        safetensors::serialize(views, Some(metadata)).expect("names and shapes of live tensors")
    }

    /// Where it is.
    pub(crate) fn device(&self) -> Device {
        self.classes.bias.val().device()
    }
}

impl Conv {
    fn forward(&self, maps: Tensor<4>) -> Tensor<4> {
        let [_, _, kernel, _] = self.weight.dims();
        let padding = [kernel / 2; 2];
        let options = ConvOptions::new([2, 2], padding, [1, 1], 1);
        conv2d(maps, self.weight.val(), Some(self.bias.val()), options)
    }
}

impl Linear {
    fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        inputs.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }
}
