//! Networks against PyTorch: what they make, the discriminators' input gradients, and the gradient
//! of a penalty on those in the weights.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::activation::softplus;
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use gan_model::{
    Activation, DcganDiscriminatorConfig, DcganGeneratorConfig, Discriminate, Discriminator,
    DiscriminatorConfig, Generate, Generator, GeneratorConfig, InputGradient, LatentDistribution,
    LatentSpace, MlpDiscriminatorConfig, MlpGeneratorConfig, Output, ResidualDiscriminatorConfig,
    ResidualGeneratorConfig, ResidualStages,
};
use gan_random::Rng;
use gan_weights::{ModulePath, NamedTensors, load_weights};

use crate::devices;
use crate::reference::{Reference, deviation, values};

const TOLERANCE: f64 = 1e-4;
/// GPUs round exp and division otherwise than CPUs, and sum in another order.
const WGPU_TOLERANCE: f64 = 1e-3;

const ON_WGPU: [&str; 2] = ["dcgan", "residual_patches"];

/// Name, generator, discriminator.
pub type Case = (&'static str, GeneratorConfig, DiscriminatorConfig);

/// The networks of the reference.
pub fn cases() -> Vec<Case> {
    let latents = LatentSpace { dim: 4, distribution: LatentDistribution::Uniform };
    let dcgan = |image_shape, dense: &[usize], classes| {
        let (width, dense) = (2, dense.to_vec());
        (
            GeneratorConfig::Dcgan(DcganGeneratorConfig {
                latents,
                image_shape,
                width,
                dense: dense.clone(),
                output: Output::Sigmoid,
                classes,
            }),
            DiscriminatorConfig::Dcgan(DcganDiscriminatorConfig {
                image_shape,
                width,
                dense,
                classes,
                minibatch_std: false,
            }),
        )
    };
    let residual = |image_shape, stages: ResidualStages, classes| {
        let generator = ResidualGeneratorConfig {
            latents,
            image_shape,
            stages: stages.clone(),
            output: Output::Sigmoid,
            classes,
        };
        (
            GeneratorConfig::Residual(generator),
            DiscriminatorConfig::Residual(ResidualDiscriminatorConfig {
                image_shape,
                stages,
                classes,
            }),
        )
    };
    let stages = |widths: &[usize], blocks, group_width, patch| ResidualStages {
        widths: widths.to_vec(),
        blocks,
        expansion: 2,
        group_width,
        patch,
    };
    let (hidden, image_shape, classes) = (vec![6], [3, 2, 2], Some(5));
    let mlp = (
        GeneratorConfig::Mlp(MlpGeneratorConfig {
            latents,
            hidden: hidden.clone(),
            image_shape,
            classes,
            activation: Activation::Relu,
            output: Output::Sigmoid,
        }),
        DiscriminatorConfig::Mlp(MlpDiscriminatorConfig {
            image_shape,
            hidden,
            classes,
            activation: Activation::Relu,
            spectral_norm: false,
            minibatch_std: false,
        }),
    );
    [
        ("dcgan", dcgan([1, 14, 14], &[], None)),
        ("dcgan_classes", dcgan([3, 16, 16], &[], Some(5))),
        ("dcgan_dense", dcgan([1, 14, 14], &[6, 5], Some(5))),
        ("residual", residual([1, 14, 14], stages(&[6, 4], 1, 2, 1), None)),
        ("residual_classes", residual([3, 8, 8], stages(&[4, 4, 6], 2, 4, 1), Some(5))),
        ("residual_patches", residual([1, 8, 8], stages(&[6, 4], 1, 4, 2), None)),
        ("mlp_classes", mlp),
    ]
    .into_iter()
    .map(|(name, (generator, discriminator))| (name, generator, discriminator))
    .collect()
}

fn generator(name: &str, config: &GeneratorConfig, device: &Device) -> Generator {
    let blank = config.init(Rng::new(0), device).unwrap();
    load_weights(blank, Reference::new().file(), &format!("{name}_generator.weights.")).unwrap()
}

#[test]
fn generators_make_pytorchs_images() {
    for (backend, device) in devices::both() {
        for (name, config, _) in cases() {
            eprintln!("{backend}: {name}");
            let (reference, case) = (Reference::new(), format!("{name}_generator"));
            let latents = reference.tensor(&format!("{case}.latents"), &device);
            let labels = reference.labels(&case, &device);
            let images = generator(name, &config, &device).generate(latents, labels);
            reference.assert_close(images, &format!("{case}.images"), TOLERANCE);
        }
    }
}

#[test]
fn discriminators_and_their_penalties_follow_pytorch() {
    for (backend, device) in devices::both() {
        discriminators_follow_pytorch(backend, &device, cases(), TOLERANCE);
    }
}

#[test]
fn discriminators_and_their_penalties_follow_pytorch_on_wgpu_where_there_is_an_adapter() {
    match Device::wgpu_options().init() {
        Ok(device) => {
            // Of each kind one: a software adapter takes long to prepare each shape of tensor.
            let cases = cases().into_iter().filter(|(name, ..)| ON_WGPU.contains(name));
            discriminators_follow_pytorch("wgpu", &device, cases.collect(), WGPU_TOLERANCE);
        }
        Err(error) => eprintln!("not tried, there is no GPU here: {error}"),
    }
}

fn discriminator(name: &str, config: &DiscriminatorConfig, device: &Device) -> Discriminator {
    let blank = config.init(Rng::new(0), device).unwrap();
    load_weights(blank, Reference::new().file(), &format!("{name}_discriminator.weights.")).unwrap()
}

fn discriminators_follow_pytorch(backend: &str, device: &Device, cases: Vec<Case>, tolerance: f64) {
    let device = device.clone().autodiff();
    for (name, _, config) in cases {
        eprintln!("{backend}: {name}");
        let (reference, case) = (Reference::new(), format!("{name}_discriminator"));
        let network = discriminator(name, &config, &device);
        let images = reference.tensor::<4>(&format!("{case}.images"), &device).require_grad();
        let labels = reference.labels(&case, &device);

        let logits = network.logits(images.clone(), labels.clone());
        reference.assert_close(logits.clone(), &format!("{case}.logits"), tolerance);
        let burns = images.grad(&logits.sum().backward()).unwrap();
        reference.assert_close(burns, &format!("{case}.gradient"), tolerance);

        let InputGradient { logits, gradient } = network.input_gradient(images, labels).unwrap();
        reference.assert_close(logits.clone(), &format!("{case}.logits"), tolerance);
        reference.assert_close(gradient.clone(), &format!("{case}.gradient"), tolerance);
        let penalty = gradient.flatten::<2>(1, 3).square().sum_dim(1).mean();
        let loss = softplus(-logits, 1.0).mean() + penalty;
        reference.assert_close(loss.clone(), &format!("{case}.loss"), tolerance);
        for (weight, found) in named_gradients(&network, &loss.backward()) {
            let expected = values(reference.data(&format!("{case}.gradients.{weight}")));
            let off = deviation(&values(found), &expected);
            assert!(off < tolerance, "{backend}: {case} {weight} off by {off:e}");
        }
    }
}

/// The gradient in each weight, which every weight must have.
fn named_gradients<M: Module>(module: &M, gradients: &Gradients) -> NamedTensors {
    struct Collect<'a> {
        path: ModulePath,
        gradients: &'a Gradients,
        found: NamedTensors,
    }
    impl ModuleVisitor for Collect<'_> {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let name = self.path.name();
            let gradient = param.val().grad(self.gradients);
            let gradient = gradient.unwrap_or_else(|| panic!("{name} has no gradient"));
            self.found.insert(name, gradient.into_data());
        }
    }
    let mut collect = Collect { path: ModulePath::new(""), gradients, found: NamedTensors::new() };
    module.visit(&mut collect);
    collect.found
}

#[test]
fn input_gradients_are_the_central_differences_of_the_logits() {
    let device = Device::flex();
    for (name, _, config) in cases() {
        let (reference, case) = (Reference::new(), format!("{name}_discriminator"));
        let network = discriminator(name, &config, &device);
        let images = reference.tensor::<4>(&format!("{case}.images"), &device);
        let shape @ [batch, channels, height, width] = images.dims();
        let count = channels * height * width;
        let labels = reference.labels(&case, &device);
        let gradient = network.input_gradient(images.clone(), labels.clone()).unwrap().gradient;
        let gradient = values(gradient.into_data());
        let largest = gradient.iter().fold(0.0, |max: f32, x| max.max(x.abs()));
        let (step, mut compared) = (1e-3, 0);
        // One pixel at a time, in all images of the batch at once: each logit is its image's own.
        for pixel in (0..count).step_by(count / 12) {
            let at = |offset: f32| {
                let mut moved = values(images.clone().into_data());
                moved.iter_mut().skip(pixel).step_by(count).for_each(|value| *value += offset);
                let moved = Tensor::from_data(TensorData::new(moved, shape), &device);
                values(network.logits(moved, labels.clone()).into_data())
            };
            let (above, middle, below) = (at(step), at(0.0), at(-step));
            for image in 0..batch {
                let right = (above[image] - middle[image]) / step;
                let left = (middle[image] - below[image]) / step;
                // Where an activation bends in between, there is no derivative to compare with.
                if (right - left).abs() < 1e-2 * largest {
                    let found = gradient[image * count + pixel];
                    let off = ((right + left) / 2.0 - found).abs() / largest;
                    assert!(off < 1e-2, "{name}, image {image}, pixel {pixel}: off by {off}");
                    compared += 1;
                }
            }
        }
        assert!(compared >= 18, "{name}: only {compared} of 36 compared");
    }
}
