//! Layers as nodes of an ONNX graph, in ONNX's own operators.

use burn::tensor::TensorData;

use super::messages::{AttributeProto, FLOAT, GraphProto, INT64, NodeProto, TensorProto};
use crate::layers::{Layer, Weight};

/// A graph that grows; values are called as the layers that make them.
pub(super) struct GraphWriter<'a> {
    pub(super) graph: GraphProto,
    /// A tensor's values in PyTorch's order.
    values: &'a dyn Fn(&Weight) -> TensorData,
}

impl<'a> GraphWriter<'a> {
    pub(super) fn new(name: &str, values: &'a dyn Fn(&Weight) -> TensorData) -> Self {
        Self { graph: GraphProto { name: name.to_owned(), ..GraphProto::default() }, values }
    }

    /// `layers` called `prefix.0`, `prefix.1` … after the value `x`; the name of what they make.
    pub(super) fn chain(&mut self, prefix: &str, layers: &[Layer], x: &str) -> String {
        layers
            .iter()
            .enumerate()
            .fold(x.to_owned(), |x, (i, layer)| self.layer(&format!("{prefix}.{i}"), layer, x))
    }

    /// One layer after the value `x`.
    pub(super) fn layer(&mut self, name: &str, layer: &Layer, x: String) -> String {
        match layer {
            Layer::Linear { weight, bias } => {
                let inputs = self.with_parameters(name, x, weight, bias.as_ref());
                self.node(name, "Gemm", inputs, vec![AttributeProto::int("transB", 1)])
            }
            Layer::Convolution { weight, bias, stride, padding, groups } => {
                let inputs = self.with_parameters(name, x, weight, bias.as_ref());
                let mut attributes = window(&weight.shape, *stride, *padding);
                attributes.push(AttributeProto::int("group", *groups as i64));
                self.node(name, "Conv", inputs, attributes)
            }
            Layer::TransposedConvolution { weight, bias, stride, padding } => {
                let inputs = self.with_parameters(name, x, weight, bias.as_ref());
                let attributes = window(&weight.shape, *stride, *padding);
                self.node(name, "ConvTranspose", inputs, attributes)
            }
            Layer::BatchNorm { epsilon, .. } => {
                let mut inputs = vec![x];
                for (part, weight) in layer.tensors() {
                    inputs.push(self.weight(&format!("{name}.{part}"), weight));
                }
                let epsilon = AttributeProto::float("epsilon", *epsilon as f32);
                self.node(name, "BatchNormalization", inputs, vec![epsilon])
            }
            Layer::Relu => self.node(name, "Relu", vec![x], vec![]),
            Layer::LeakyRelu(slope) => {
                self.node(name, "LeakyRelu", vec![x], vec![AttributeProto::float("alpha", *slope)])
            }
            Layer::Sigmoid => self.node(name, "Sigmoid", vec![x], vec![]),
            Layer::HardSigmoid => {
                let slope = AttributeProto::float("alpha", 0.25);
                let middle = AttributeProto::float("beta", 0.5);
                self.node(name, "HardSigmoid", vec![x], vec![slope, middle])
            }
            Layer::Centre => {
                let two = self.floats(&format!("{name}.two"), &[], &[2.0]);
                let one = self.floats(&format!("{name}.one"), &[], &[1.0]);
                let twice = self.node(&format!("{name}.twice"), "Mul", vec![x, two], vec![]);
                self.node(name, "Sub", vec![twice, one], vec![])
            }
            Layer::Unflatten([channels, height, width]) => {
                self.reshape(name, x, [*channels, *height, *width])
            }
            Layer::Flatten => {
                self.node(name, "Flatten", vec![x], vec![AttributeProto::int("axis", 1)])
            }
            Layer::BilinearUp => {
                let scales = self.floats(&format!("{name}.scales"), &[4], &[1.0, 1.0, 2.0, 2.0]);
                let corners = "coordinate_transformation_mode";
                let attributes = vec![
                    AttributeProto::string("mode", "linear"),
                    AttributeProto::string(corners, "half_pixel"),
                ];
                self.node(name, "Resize", vec![x, String::new(), scales], attributes)
            }
            Layer::MeanDown => {
                let attributes = window(&[2, 2], 2, 0);
                self.node(name, "AveragePool", vec![x], attributes)
            }
            Layer::Basis(maps) => {
                let x = self.reshape(&format!("{name}.channels"), x, [maps.shape[0], 1, 1]);
                let maps = self.weight(&format!("{name}.maps"), maps);
                self.node(name, "Mul", vec![x, maps], vec![])
            }
            Layer::WeightedSum(maps) => {
                let maps = self.weight(&format!("{name}.maps"), maps);
                let product = self.node(&format!("{name}.product"), "Mul", vec![x, maps], vec![]);
                let axes = self.ints(&format!("{name}.axes"), &[2, 3]);
                let drop = AttributeProto::int("keepdims", 0);
                self.node(name, "ReduceSum", vec![product, axes], vec![drop])
            }
            Layer::Residual(branch) => {
                let y = self.chain(&format!("{name}.branch"), branch, &x);
                self.node(name, "Add", vec![x, y], vec![])
            }
        }
    }

    /// A node, and the value of the same name that it makes.
    pub(super) fn node(
        &mut self,
        name: &str,
        operator: &str,
        input: Vec<String>,
        attribute: Vec<AttributeProto>,
    ) -> String {
        self.graph.node.push(NodeProto {
            input,
            output: vec![name.to_owned()],
            name: name.to_owned(),
            op_type: operator.to_owned(),
            attribute,
        });
        name.to_owned()
    }

    /// A tensor of the network.
    pub(super) fn weight(&mut self, name: &str, weight: &Weight) -> String {
        let data = (self.values)(weight);
        let values: &[f32] = data.as_slice().expect("weights are f32");
        self.floats(name, &weight.shape, values)
    }

    /// A constant.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, FLOAT, shape, raw)
    }

    /// A constant list of integers.
    pub(super) fn ints(&mut self, name: &str, values: &[i64]) -> String {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, INT64, &[values.len()], raw)
    }

    fn constant(&mut self, name: &str, kind: i32, shape: &[usize], raw: Vec<u8>) -> String {
        self.graph.initializer.push(TensorProto {
            dims: shape.iter().map(|&side| side as i64).collect(),
            data_type: kind,
            name: name.to_owned(),
            raw_data: raw,
        });
        name.to_owned()
    }

    fn with_parameters(
        &mut self,
        name: &str,
        x: String,
        weight: &Weight,
        bias: Option<&Weight>,
    ) -> Vec<String> {
        let mut inputs = vec![x, self.weight(&format!("{name}.weight"), weight)];
        inputs.extend(bias.map(|bias| self.weight(&format!("{name}.bias"), bias)));
        inputs
    }

    /// To `[batch, sides…]`.
    fn reshape(&mut self, name: &str, x: String, sides: [usize; 3]) -> String {
        // Zero keeps the side that is there: a batch of any size.
        let [a, b, c] = sides.map(|side| side as i64);
        let shape = self.ints(&format!("{name}.shape"), &[0, a, b, c]);
        self.node(name, "Reshape", vec![x, shape], vec![])
    }
}

/// Attributes of a window as large as the last two of `shape`.
fn window(shape: &[usize], stride: usize, padding: usize) -> Vec<AttributeProto> {
    let sides: Vec<i64> = shape[shape.len() - 2..].iter().map(|&side| side as i64).collect();
    vec![
        AttributeProto::ints("kernel_shape", &sides),
        AttributeProto::ints("strides", &[stride as i64; 2]),
        AttributeProto::ints("pads", &[padding as i64; 4]),
    ]
}
