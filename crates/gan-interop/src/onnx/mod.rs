//! ONNX files.

mod about;
mod graph;
mod messages;

use prost::Message;

use crate::architecture::{DiscriminatorLayers, GeneratorLayers};
use crate::network::{Kind, Network, image_range};
pub use about::{AboutOnnx, about_onnx};
use graph::GraphWriter;
use messages::{
    AttributeProto, FLOAT, INT64, ModelProto, OperatorSetIdProto, StringStringEntryProto,
    ValueInfoProto,
};

/// The operator set of the files: as old as possible, so that as many runtimes as possible have it
/// (onnxruntime since 1.12).
pub const OPSET: i64 = 17;
/// The file format that came with [`OPSET`].
const IR_VERSION: i64 = 8;

impl Network {
    /// The bytes of an ONNX file with opset [`OPSET`].
    ///
    /// | network | inputs | output |
    /// |---|---|---|
    /// | generator | `latents` f32 `[batch, latent_dim]` | `images` f32 `[batch, channels, height, width]` |
    /// | discriminator | `images` as above | `logits` f32 `[batch, 1]` |
    ///
    /// A class-conditional network takes `classes` as well, i64 `[batch]`: the index of each
    /// image's class, as PyTorch's `nn.Embedding` has it. The batch may have any size.
    ///
    /// ```no_run
    /// # fn export(device: &burn::tensor::Device) -> Result<(), Box<dyn std::error::Error>> {
    /// let snapshot = gan_model::Snapshot::open("snapshot-060000.safetensors")?;
    /// let generator = snapshot.generator(device)?;
    /// let network = gan_interop::Network::generator(&snapshot.info().generator, &generator, []);
    /// std::fs::write("generator.onnx", network.onnx())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn onnx(&self) -> Vec<u8> {
        let values = |weight: &_| self.values(weight);
        let mut writer = GraphWriter::new(self.name(), &values);
        match &self.kind {
            Kind::Generator { layers, config } => {
                let latents = config.latent_space();
                let range = image_range(config.output());
                let about = format!("latents, {}", self.metadata["latents"]);
                writer.input("latents", FLOAT, &[latents.dim], about);
                self.class_input(&mut writer);
                generator(layers, &mut writer);
                let about = format!("images [batch, channels, height, width], values in {range}");
                writer.output("images", &self.image_shape, about);
            }
            Kind::Discriminator(layers) => {
                let about = "images [batch, channels, height, width], values in [0, 1]";
                writer.input("images", FLOAT, &self.image_shape, about.to_owned());
                self.class_input(&mut writer);
                discriminator(layers, &mut writer);
                writer.output("logits", &[1], self.metadata["logits"].clone());
            }
        }
        let entry = |(key, value): (&String, &String)| StringStringEntryProto {
            key: key.clone(),
            value: value.clone(),
        };
        let opset = OperatorSetIdProto { domain: Some(String::new()), version: OPSET };
        ModelProto {
            ir_version: IR_VERSION,
            producer_name: "gan".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            doc_string: format!("The {} of a generative adversarial network", self.name()),
            graph: Some(writer.graph),
            opset_import: vec![opset],
            metadata_props: self.metadata.iter().map(entry).collect(),
        }
        .encode_to_vec()
    }

    /// "generator" or "discriminator".
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Generator { .. } => "generator",
            Kind::Discriminator(_) => "discriminator",
        }
    }

    fn class_input(&self, writer: &mut GraphWriter) {
        if let Some(classes) = self.classes {
            let about = format!("the class of each image, 0 to {}", classes - 1);
            writer.input("classes", INT64, &[], about);
        }
    }
}

impl GraphWriter<'_> {
    fn input(&mut self, name: &str, elements: i32, sides: &[usize], about: String) {
        self.graph.input.push(ValueInfoProto::batched(name, elements, sides, about));
    }

    /// Calls the value that the last node makes `name`.
    fn output(&mut self, name: &str, sides: &[usize], about: String) {
        if let Some(last) = self.graph.node.last_mut() {
            last.output = vec![name.to_owned()];
        }
        self.graph.output.push(ValueInfoProto::batched(name, FLOAT, sides, about));
    }
}

fn generator(GeneratorLayers { embedding, layers }: &GeneratorLayers, writer: &mut GraphWriter) {
    let latents = "latents".to_owned();
    let x = match embedding {
        Some(embedding) => {
            let table = writer.weight("embedding.weight", embedding);
            let vectors = vec![table, "classes".to_owned()];
            let vectors = writer.node("embedding", "Gather", vectors, vec![]);
            let axis = AttributeProto::int("axis", 1);
            writer.node("join", "Concat", vec![latents, vectors], vec![axis])
        }
        None => latents,
    };
    writer.chain("layers", layers, &x);
}

fn discriminator(network: &DiscriminatorLayers, writer: &mut GraphWriter) {
    let DiscriminatorLayers { layers, output, minibatch_std, embedding } = network;
    let features = writer.chain("layers", layers, "images");
    let mut logits = writer.layer("output", output, features.clone());
    if let Some(weight) = minibatch_std {
        let std = batch_std(&features, writer);
        let weight = writer.weight("minibatch_std.weight", weight);
        let scaled = writer.node("minibatch_std.scaled", "Mul", vec![std, weight], vec![]);
        logits = writer.node("minibatch_std", "Add", vec![logits, scaled], vec![]);
    }
    if let Some(embedding) = embedding {
        let table = writer.weight("embedding.weight", embedding);
        let vectors = vec![table, "classes".to_owned()];
        let vectors = writer.node("embedding", "Gather", vectors, vec![]);
        let product = writer.node("projection.product", "Mul", vec![vectors, features], vec![]);
        let axis = writer.ints("projection.axis", &[1]);
        let sum = writer.node("projection.sum", "ReduceSum", vec![product, axis], vec![]);
        writer.node("projection", "Add", vec![logits, sum], vec![]);
    }
}

/// The standard deviation of each feature over the batch, and of these the mean, `[1, 1]`.
fn batch_std(features: &str, writer: &mut GraphWriter) -> String {
    let mut node = |name: &str, operator: &str, input: &[&str], axis: Option<i64>| {
        let axes = axis.map(|axis| AttributeProto::ints("axes", &[axis])).into_iter().collect();
        let input = input.iter().map(|&value| value.to_owned()).collect();
        writer.node(&format!("minibatch_std.{name}"), operator, input, axes)
    };
    let mean = node("mean", "ReduceMean", &[features], Some(0));
    let difference = node("difference", "Sub", &[features, &mean], None);
    let square = node("square", "Mul", &[&difference, &difference], None);
    let variance = node("variance", "ReduceMean", &[&square], Some(0));
    let sum = node("sum", "Add", &[&variance, "minibatch_std.epsilon"], None);
    let root = node("root", "Sqrt", &[&sum], None);
    let std = node("value", "ReduceMean", &[&root], Some(1));
    writer.floats("minibatch_std.epsilon", &[], &[1e-8]);
    std
}
