//! What an ONNX file says of itself.

use prost::Message;

use super::messages::{Dimension, ModelProto, ValueInfoProto};

/// What an ONNX file says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AboutOnnx {
    /// What it is, in the words of its writer.
    pub description: String,
    /// The program that wrote it, and its version.
    pub producer: String,
    /// The operator set that it needs.
    pub opset: i64,
    /// What goes in, with its sides: `latents [batch, 100]`.
    pub inputs: Vec<String>,
    /// What comes out.
    pub outputs: Vec<String>,
    /// Numbers of all its tensors.
    pub parameters: u64,
    /// Keywords and texts.
    pub metadata: Vec<(String, String)>,
}

/// What the ONNX file of these bytes says; nothing, if they are none.
pub fn about_onnx(bytes: &[u8]) -> Option<AboutOnnx> {
    let model = ModelProto::decode(bytes).ok()?;
    let graph = model.graph?;
    // Other messages may have these fields by chance, but no network without nodes.
    if graph.node.is_empty() {
        return None;
    }
    let sides = |tensor: &super::messages::TensorProto| {
        let sides = tensor.dims.iter().map(|&side| u64::try_from(side).unwrap_or(0));
        sides.fold(1, u64::saturating_mul)
    };
    let is_core = |domain: &Option<String>| domain.as_deref().is_none_or(str::is_empty);
    let core = model.opset_import.iter().find(|opset| is_core(&opset.domain));
    Some(AboutOnnx {
        description: model.doc_string,
        producer: format!("{} {}", model.producer_name, model.producer_version),
        opset: core.map_or(0, |opset| opset.version),
        inputs: graph.input.iter().map(named).collect(),
        outputs: graph.output.iter().map(named).collect(),
        parameters: graph.initializer.iter().map(sides).fold(0, u64::saturating_add),
        metadata: model.metadata_props.into_iter().map(|entry| (entry.key, entry.value)).collect(),
    })
}

/// `images [batch, 1, 28, 28]`.
fn named(value: &ValueInfoProto) -> String {
    let shape = value.kind.as_ref().and_then(|kind| kind.tensor_type.as_ref()?.shape.as_ref());
    let sides = shape.into_iter().flat_map(|shape| &shape.dim).map(|side| match &side.value {
        Some(Dimension::Fixed(side)) => side.to_string(),
        Some(Dimension::Named(name)) => name.clone(),
        None => "?".to_owned(),
    });
    format!("{} [{}]", value.name, sides.collect::<Vec<_>>().join(", "))
}
