//! The PyTorch module that fits a state dict, as a person would write it.

use std::fmt::Write;

use crate::architecture::DiscriminatorLayers;
use crate::layers::{Layer, Weight};
use crate::network::{Kind, Network};

/// Modules that PyTorch lacks; each goes only where it is used.
const MODULES: &str = include_str!("modules.py");

impl Network {
    /// The source of a Python file with the `torch.nn.Module` whose state dict [`pth`](Self::pth)
    /// is; `weights` is what that file is called.
    pub fn pytorch_module(&self, weights: &str) -> String {
        let class = match &self.kind {
            Kind::Generator { .. } => self.generator_class(),
            Kind::Discriminator(layers) => self.discriminator_class(layers),
        };
        let is_used = |source: &&str| {
            let name = source.trim_start_matches("class ").split('(').next().unwrap_or_default();
            class.contains(&format!("{name}("))
        };
        let modules = MODULES.trim_end().split("\n\n\n").filter(is_used);
        let modules: String = modules.map(|source| format!("{source}\n\n\n")).collect();
        let (name, kind) = (title(self.name()), self.name());
        let metadata: String = self
            .metadata
            .iter()
            .filter(|(key, _)| key.as_str() != crate::network::CONFIGURATION)
            .map(|(key, value)| format!("{key}: {}\n", value.replace(['\\', '"'], "'")))
            .collect();
        format!(
            "\"\"\"The {kind} of a generative adversarial network.\n\n{metadata}\"\"\"\n\n\
             import torch\nfrom torch import nn\n\n\n{modules}{class}\n\n\
             def load(path={weights:?}):\n    {kind} = {name}()\n    \
             {kind}.load_state_dict(torch.load(path, weights_only=True))\n    \
             return {kind}.eval()\n"
        )
    }

    fn generator_class(&self) -> String {
        let Kind::Generator { config, layers } = &self.kind else { return String::new() };
        let mut source = opening("Generator");
        let [arguments, join] = match self.classes {
            Some(classes) => {
                let dim = config.latent_space().dim;
                let _ = writeln!(source, "        self.embedding = nn.Embedding({classes}, {dim})");
                ["latents, classes", "torch.cat([latents, self.embedding(classes)], 1)"]
            }
            None => ["latents", "latents"],
        };
        source += &sequence("self.layers", &layers.layers);
        let _ = writeln!(source, "\n    def forward(self, {arguments}):");
        let _ = writeln!(source, "        return self.layers({join})");
        source
    }

    fn discriminator_class(&self, network: &DiscriminatorLayers) -> String {
        let DiscriminatorLayers { layers, output, minibatch_std, embedding } = network;
        let mut source = opening("Discriminator");
        source += &sequence("self.layers", layers);
        let _ = writeln!(source, "        self.output = {}", constructor(output));
        let mut body = String::from(
            "        features = self.layers(images)\n        logits = self.output(features)\n",
        );
        if minibatch_std.is_some() {
            source += "        self.minibatch_std = nn.Parameter(torch.empty(1, 1))\n";
            body += "        variance = features.var(0, correction=0)\n        \
                     std = (variance + 1e-8).sqrt().mean()\n        \
                     logits = logits + self.minibatch_std * std\n";
        }
        let mut arguments = "images";
        if let Some(embedding) = embedding {
            let [classes, width] = [embedding.shape[0], embedding.shape[1]];
            let _ = writeln!(source, "        self.embedding = nn.Embedding({classes}, {width})");
            arguments = "images, classes";
            body += "        projection = (self.embedding(classes) * features).sum(1, keepdim=True)\n        \
                     logits = logits + projection\n";
        }
        let _ =
            writeln!(source, "\n    def forward(self, {arguments}):\n{body}        return logits");
        source
    }
}

fn opening(class: &str) -> String {
    format!("class {class}(nn.Module):\n    def __init__(self):\n        super().__init__()\n")
}

fn sequence(name: &str, layers: &[Layer]) -> String {
    let mut source = format!("        {name} = nn.Sequential(\n");
    for layer in layers {
        let _ = writeln!(source, "            {},", constructor(layer));
    }
    source + "        )\n"
}

/// The expression that makes a layer.
fn constructor(layer: &Layer) -> String {
    match layer {
        Layer::Linear { weight, bias } => {
            let [outputs, inputs] = [weight.shape[0], weight.shape[1]];
            format!("nn.Linear({inputs}, {outputs}{})", no_bias(bias.as_ref()))
        }
        Layer::Convolution { weight, bias, stride, padding, groups } => {
            let [outputs, inputs, side] =
                [weight.shape[0], weight.shape[1] * groups, weight.shape[2]];
            let groups = match groups {
                1 => String::new(),
                groups => format!(", groups={groups}"),
            };
            let no_bias = no_bias(bias.as_ref());
            format!("nn.Conv2d({inputs}, {outputs}, {side}, {stride}, {padding}{groups}{no_bias})")
        }
        Layer::TransposedConvolution { weight, bias, stride, padding } => {
            let [inputs, outputs, side] = [weight.shape[0], weight.shape[1], weight.shape[2]];
            let no_bias = no_bias(bias.as_ref());
            format!("nn.ConvTranspose2d({inputs}, {outputs}, {side}, {stride}, {padding}{no_bias})")
        }
        Layer::BatchNorm { scale, epsilon, .. } => {
            format!("nn.BatchNorm2d({}, eps={epsilon:e})", scale.shape[0])
        }
        Layer::Relu => "nn.ReLU()".to_owned(),
        Layer::LeakyRelu(slope) => format!("nn.LeakyReLU({slope})"),
        Layer::Sigmoid => "nn.Sigmoid()".to_owned(),
        Layer::HardSigmoid => "Lambda(lambda x: (x / 4 + 0.5).clamp(0, 1))".to_owned(),
        Layer::Centre => "Lambda(lambda x: 2 * x - 1)".to_owned(),
        Layer::Unflatten([c, h, w]) => format!("nn.Unflatten(1, ({c}, {h}, {w}))"),
        Layer::Flatten => "nn.Flatten()".to_owned(),
        Layer::BilinearUp => "nn.Upsample(scale_factor=2, mode=\"bilinear\")".to_owned(),
        Layer::MeanDown => "nn.AvgPool2d(2)".to_owned(),
        Layer::Basis(maps) => format!("Basis({})", sides(&maps.shape)),
        Layer::WeightedSum(maps) => format!("WeightedSum({})", sides(&maps.shape)),
        Layer::Residual(branch) => {
            let layers: Vec<String> = branch.iter().map(constructor).collect();
            format!("Residual({})", layers.join(", "))
        }
    }
}

fn no_bias(bias: Option<&Weight>) -> &'static str {
    bias.map_or(", bias=False", |_| "")
}

fn sides(shape: &[usize]) -> String {
    let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
    sides.join(", ")
}

fn title(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}
