//! A trained network with everything that other tools need to know of it.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use gan_model::layers::SpectralNorm;
use gan_model::{
    Discriminator, DiscriminatorConfig, Generator, GeneratorConfig, LatentDistribution, Output,
};
use gan_weights::{NamedTensors, named_weights};

use crate::architecture::{DiscriminatorLayers, GeneratorLayers};
use crate::layers::{Layer, Weight};

/// A trained network, to be written for other tools by [`onnx`](Self::onnx), [`pth`](Self::pth),
/// [`pytorch_module`](Self::pytorch_module) or [`npz`](Self::npz).
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) kind: Kind,
    pub(crate) image_shape: [usize; 3],
    pub(crate) classes: Option<usize>,
    /// What the file says of itself beyond its graph, by key.
    pub(crate) metadata: BTreeMap<String, String>,
    /// By the names of our files, as the network uses them.
    tensors: NamedTensors,
}

/// Which of the two networks it is.
// There is one of these at a time.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Generator { config: GeneratorConfig, layers: GeneratorLayers },
    Discriminator(DiscriminatorLayers),
}

impl Network {
    /// `generator`, which `config` made; `about` are further lines of metadata, such as where it
    /// comes from.
    pub fn generator(
        config: &GeneratorConfig,
        generator: &Generator,
        about: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let latents = config.latent_space();
        let distribution = match latents.distribution {
            LatentDistribution::Uniform => "uniform in [-1, 1)",
            LatentDistribution::Normal => "normal, mean 0, standard deviation 1",
        };
        let json = serde_json::to_string(config).expect("plain data is always JSON");
        let own = [
            ("latents", format!("{}, {distribution}", latents.dim)),
            ("image_range", image_range(config.output()).to_owned()),
            (CONFIGURATION, json),
        ];
        let layers = GeneratorLayers::of(config);
        Self {
            kind: Kind::Generator { config: config.clone(), layers },
            image_shape: config.image_shape(),
            classes: config.classes(),
            metadata: metadata(own, config.classes(), about),
            tensors: named_weights(generator, ""),
        }
    }

    /// The same of a discriminator.
    pub fn discriminator(
        config: &DiscriminatorConfig,
        discriminator: &Discriminator,
        about: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let json = serde_json::to_string(config).expect("plain data is always JSON");
        let logits = "real = 1: D(x) = sigmoid(logit)".to_owned();
        let layers = DiscriminatorLayers::of(config);
        let mut tensors = named_weights(discriminator, "");
        if let Some(device) = discriminator.devices().first() {
            let of_layers = layers.layers.iter().chain([&layers.output]).flat_map(Layer::tensors);
            let weights = of_layers.map(|(_, weight)| weight).chain(&layers.embedding);
            weights.for_each(|weight| normalise(weight, &mut tensors, device));
        }
        Self {
            kind: Kind::Discriminator(layers),
            image_shape: config.image_shape(),
            classes: config.classes(),
            metadata: metadata(
                [("logits", logits), (CONFIGURATION, json)],
                config.classes(),
                about,
            ),
            tensors,
        }
    }

    /// The network's tensors as PyTorch has them, by the names of
    /// [`pytorch_module`](Self::pytorch_module)'s state dict.
    pub fn state_dict(&self) -> NamedTensors {
        let named = self.named();
        named.into_iter().map(|(name, weight)| (name, self.values(weight))).collect()
    }

    /// Every tensor by its name in PyTorch.
    pub(crate) fn named(&self) -> Vec<(String, &Weight)> {
        let mut named = Vec::new();
        match &self.kind {
            Kind::Generator { layers, .. } => {
                named.extend(layers.named());
            }
            Kind::Discriminator(DiscriminatorLayers {
                layers,
                output,
                minibatch_std,
                embedding,
            }) => {
                name_chain("layers", layers, &mut named);
                name_layer("output", output, &mut named);
                let rest = [("minibatch_std", minibatch_std), ("embedding.weight", embedding)];
                for (name, weight) in rest {
                    named.extend(weight.iter().map(|weight| (name.to_owned(), weight)));
                }
            }
        }
        named
    }

    /// The values of a tensor, in PyTorch's order.
    pub(crate) fn values(&self, weight: &Weight) -> TensorData {
        let ours = &self.tensors[&weight.name];
        weight.outward(ours.as_slice().expect("networks are f32"))
    }
}

impl GeneratorLayers {
    /// Every tensor by its name in PyTorch.
    pub(crate) fn named(&self) -> Vec<(String, &Weight)> {
        let embedding = self.embedding.iter();
        let mut named: Vec<_> =
            embedding.map(|weight| ("embedding.weight".to_owned(), weight)).collect();
        name_chain("layers", &self.layers, &mut named);
        named
    }
}

/// The line of metadata that holds the network's configuration.
pub(crate) const CONFIGURATION: &str = "configuration";

/// What the values of an image lie in.
pub(crate) fn image_range(output: Output) -> &'static str {
    match output {
        Output::Sigmoid => "(0, 1)",
        Output::HardSigmoid => "[0, 1]",
        Output::Linear => "any real value",
    }
}

fn metadata<const N: usize>(
    own: [(&str, String); N],
    classes: Option<usize>,
    about: impl IntoIterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    let classes = classes.map(|classes| ("classes".to_owned(), classes.to_string()));
    let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
    about.into_iter().chain(own).chain(classes).collect()
}

/// Replaces a tensor that the network divides by its largest singular value by the quotient.
fn normalise(weight: &Weight, tensors: &mut NamedTensors, device: &Device) {
    let Some(vectors) = &weight.spectral_norm else { return };
    let tensor = |name: &str| Tensor::<2>::from_data(tensors[name].clone(), device);
    let vector = |name: &str| Param::from_tensor(tensor(&format!("{vectors}.{name}")));
    let norm = SpectralNorm { u: vector("u"), v: vector("v") };
    let used = norm.apply(tensor(&weight.name)).into_data();
    tensors.insert(weight.name.clone(), used);
}

fn name_chain<'a>(prefix: &str, layers: &'a [Layer], named: &mut Vec<(String, &'a Weight)>) {
    for (i, layer) in layers.iter().enumerate() {
        name_layer(&format!("{prefix}.{i}"), layer, named);
    }
}

fn name_layer<'a>(name: &str, layer: &'a Layer, named: &mut Vec<(String, &'a Weight)>) {
    let own = layer.tensors().into_iter();
    named.extend(own.map(|(part, weight)| (format!("{name}.{part}"), weight)));
    if let Layer::Residual(branch) = layer {
        name_chain(&format!("{name}.branch"), branch, named);
    }
}
