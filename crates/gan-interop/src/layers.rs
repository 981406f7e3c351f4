//! A network as other tools know it: a chain of standard layers, its tensors in PyTorch's layout.
//!
//! This is the one description that ONNX, PyTorch's state dict and module, and the way back from
//! them are written from.

use burn::tensor::TensorData;

/// One layer of a chain. Feature maps are `[batch, channels, height, width]`.
// A network has a few dozen of these.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Layer {
    /// `[batch, inputs]` to `[batch, outputs]`; weight `[outputs, inputs]`, bias `[outputs]`.
    Linear { weight: Weight, bias: Option<Weight> },
    /// Weight `[outputs, inputs / groups, side, side]`.
    Convolution {
        weight: Weight,
        bias: Option<Weight>,
        stride: usize,
        padding: usize,
        groups: usize,
    },
    /// Weight `[inputs, outputs, side, side]`.
    TransposedConvolution { weight: Weight, bias: Option<Weight>, stride: usize, padding: usize },
    /// By running statistics, each `[channels]`.
    BatchNorm { scale: Weight, shift: Weight, mean: Weight, variance: Weight, epsilon: f64 },
    /// max(x, 0).
    Relu,
    /// x where it is positive, slope · x elsewhere.
    LeakyRelu(f32),
    /// σ(x).
    Sigmoid,
    /// x / 4 + 1/2, within `[0, 1]`.
    HardSigmoid,
    /// 2x − 1: images in `[0, 1]` to `[-1, 1]`.
    Centre,
    /// `[batch, channels · height · width]` to `[batch, channels, height, width]`.
    Unflatten([usize; 3]),
    /// The reverse.
    Flatten,
    /// Twice the size, bilinear, corners not aligned.
    BilinearUp,
    /// Half the size, the mean of each four pixels.
    MeanDown,
    /// `[batch, channels]` to learned feature maps, each as strong as its channel:
    /// `[batch, channels, height, width]`. The maps are `[channels, height, width]`.
    Basis(Weight),
    /// Feature maps to the sum over their pixels, weighted by `[channels, height, width]`.
    WeightedSum(Weight),
    /// x + the layers' output.
    Residual(Vec<Layer>),
}

impl Layer {
    /// The layer's own tensors by the name that PyTorch gives them within it.
    pub(crate) fn tensors(&self) -> Vec<(&'static str, &Weight)> {
        match self {
            Self::Linear { weight, bias }
            | Self::Convolution { weight, bias, .. }
            | Self::TransposedConvolution { weight, bias, .. } => {
                let bias = bias.iter().map(|bias| ("bias", bias));
                [("weight", weight)].into_iter().chain(bias).collect()
            }
            Self::BatchNorm { scale, shift, mean, variance, .. } => vec![
                ("weight", scale),
                ("bias", shift),
                ("running_mean", mean),
                ("running_var", variance),
            ],
            Self::Basis(maps) | Self::WeightedSum(maps) => vec![("maps", maps)],
            _ => Vec::new(),
        }
    }
}

/// A tensor of the network: its name in our files, its shape in PyTorch, and how its values get
/// from one order into the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weight {
    /// What it is called in snapshots.
    pub(crate) name: String,
    /// Its shape in PyTorch and ONNX.
    pub(crate) shape: Vec<usize>,
    /// Its shape with us.
    ours: Vec<usize>,
    /// The same, as finely split as `axes` needs it.
    split: Vec<usize>,
    /// Which axis of `split` each axis in PyTorch is.
    axes: Vec<usize>,
    /// What its singular vectors are called, where the network uses it divided by the largest singular
    /// value.
    pub(crate) spectral_norm: Option<String>,
}

impl Weight {
    /// A tensor that has the same order in both.
    pub(crate) fn same(name: impl Into<String>, shape: &[usize]) -> Self {
        let axes = (0..shape.len()).collect();
        let [shape, ours, split] = [shape.to_vec(), shape.to_vec(), shape.to_vec()];
        Self { name: name.into(), shape, ours, split, axes, spectral_norm: None }
    }

    /// The weight of a linear layer, `[inputs, outputs]` with us.
    pub(crate) fn linear(name: impl Into<String>, inputs: usize, outputs: usize) -> Self {
        let shape = vec![outputs, inputs];
        Self { shape, axes: vec![1, 0], ..Self::same(name, &[inputs, outputs]) }
    }

    /// The same of a layer whose outputs are feature maps `[channels, side, side]`; with us the
    /// channels of a pixel stand side by side.
    pub(crate) fn linear_to_maps(
        name: impl Into<String>,
        inputs: usize,
        [channels, side]: [usize; 2],
    ) -> Self {
        let pixels = side * side;
        let (split, axes) = (vec![inputs, pixels, channels], vec![2, 1, 0]);
        Self { split, axes, ..Self::linear(name, inputs, channels * pixels) }
    }

    /// The same of a layer whose inputs are feature maps.
    pub(crate) fn linear_from_maps(
        name: impl Into<String>,
        [channels, side]: [usize; 2],
        outputs: usize,
    ) -> Self {
        let pixels = side * side;
        let (split, axes) = (vec![pixels, channels, outputs], vec![2, 1, 0]);
        Self { split, axes, ..Self::linear(name, channels * pixels, outputs) }
    }

    /// Vectors of classes, `[classes, side · side · channels]` with us, to go with feature maps.
    pub(crate) fn embedding_of_maps(
        name: impl Into<String>,
        classes: usize,
        [channels, side]: [usize; 2],
    ) -> Self {
        let pixels = side * side;
        let (split, axes) = (vec![classes, pixels, channels], vec![0, 2, 1]);
        Self { split, axes, ..Self::same(name, &[classes, channels * pixels]) }
    }

    /// The weight of a 1 × 1 convolution, `[outputs, inputs]` with us.
    pub(crate) fn pointwise(name: impl Into<String>, inputs: usize, outputs: usize) -> Self {
        Self { shape: vec![outputs, inputs, 1, 1], ..Self::same(name, &[outputs, inputs]) }
    }

    /// Our values in PyTorch's order.
    pub(crate) fn outward(&self, ours: &[f32]) -> TensorData {
        TensorData::new(permuted(ours, &self.split, &self.axes), self.shape.clone())
    }

    /// PyTorch's values in our order.
    pub(crate) fn inward(&self, theirs: &[f32]) -> TensorData {
        let split: Vec<usize> = self.axes.iter().map(|&axis| self.split[axis]).collect();
        let mut back = vec![0; self.axes.len()];
        for (i, &axis) in self.axes.iter().enumerate() {
            back[axis] = i;
        }
        TensorData::new(permuted(theirs, &split, &back), self.ours.clone())
    }
}

/// Row-major `values` of sides `shape`, with axis `axes[i]` as axis `i`.
fn permuted(values: &[f32], shape: &[usize], axes: &[usize]) -> Vec<f32> {
    let mut strides = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i] * shape[i];
    }
    // Where each value stands: every axis multiplies the places of the ones before it.
    let places = axes.iter().fold(vec![0], |places: Vec<usize>, &axis| {
        let (side, stride) = (shape[axis], strides[axis]);
        places.iter().flat_map(|place| (0..side).map(move |i| place + i * stride)).collect()
    });
    places.into_iter().map(|place| values[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_layer_to_feature_maps_keeps_every_weight_at_its_channel_and_pixel() {
        // One input; two pixels' worth of side 1 would not tell the axes apart: 3 channels, 2 × 2.
        let weight = Weight::linear_to_maps("project", 1, [3, 2]);
        let ours: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let theirs = weight.outward(&ours);
        assert_eq!(theirs.shape().to_vec(), [12, 1]);
        let expected = [0.0, 3.0, 6.0, 9.0, 1.0, 4.0, 7.0, 10.0, 2.0, 5.0, 8.0, 11.0];
        assert_eq!(theirs.try_to_vec(), Ok(expected.to_vec()));
        assert_eq!(weight.inward(&expected).try_to_vec(), Ok(ours));
    }
}
