//! Input gradients and penalties on them: exact, and trained through.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use gan_model::{
    Activation, Discriminate, Discriminator, DiscriminatorConfig, MlpDiscriminatorConfig,
};
use gan_random::Rng;
use gan_training::{Batch, GradientPenalty, Loss, Penalties, PenaltyError};
use gan_weights::{
    ModulePath, WeightFile, learned_weights, load_weights, named_weights, write_weight_file,
};

use crate::devices;
use crate::fixture::{Fixture, deviation};
use crate::step::fixed::Fixed;

const TOLERANCE: f64 = 1e-3;
const IMAGES: [usize; 4] = [5, 1, 4, 4];
/// The fixture's discriminators by name.
const NETWORKS: [(&str, Activation, bool); 3] = [
    ("relu", Activation::Relu, false),
    ("leaky-relu", Activation::LeakyRelu, false),
    ("spectral", Activation::LeakyRelu, true),
];

/// One of the fixture's discriminators, 16 → 8 → 6 → 1, and what it is shown.
struct Case {
    fixture: Fixture,
    name: &'static str,
    discriminator: Discriminator,
    device: Device,
}

impl Case {
    fn new(network: (&'static str, Activation, bool), device: &Device) -> Self {
        let (fixture, on) = (Fixture::of_games(), device.clone().autodiff());
        let (name, activation, spectral_norm) = network;
        let blank = blank(activation, spectral_norm, &on);
        let prefix = format!("penalties.{name}.weights.");
        let discriminator = load_weights(blank, fixture.file(), &prefix).unwrap();
        Self { fixture, name, discriminator, device: device.clone() }
    }

    fn values(&self, what: &str, shape: &[usize]) -> Vec<f32> {
        self.fixture.values(&format!("penalties.{}.{what}", self.name), shape)
    }

    /// On the device without autodiff.
    fn tensor(&self, what: &str, shape: [usize; 4]) -> Tensor<4> {
        self.fixture.tensor(&format!("penalties.{}.{what}", self.name), shape, &self.device)
    }

    fn images(&self, what: &str) -> Tensor<4> {
        Tensor::from_inner(self.tensor(what, IMAGES))
    }

    /// The penalty called `what`, for the discriminator given.
    fn penalty(&self, what: &str, discriminator: &Discriminator) -> Tensor<1> {
        let penalty = |r1_gamma, r2_gamma, gradient_penalty| Penalties {
            r1_gamma,
            r2_gamma,
            gradient_penalty,
            ..Penalties::default()
        };
        let interpolates = GradientPenalty::Interpolates { lambda: 10.0 };
        let dragan = GradientPenalty::Dragan { lambda: 10.0, std: 0.15 };
        let (penalties, penalty_noise) = match what {
            "r1" => (penalty(0.3, 0.0, None), None),
            "r2" => (penalty(0.0, 0.7, None), None),
            "interpolates" => (
                penalty(0.0, 0.0, Some(interpolates)),
                Some(self.tensor("mix", [IMAGES[0], 1, 1, 1])),
            ),
            "dragan" => (penalty(0.0, 0.0, Some(dragan)), Some(self.tensor("offset", IMAGES))),
            _ => (penalty(0.3, 0.7, None), None),
        };
        let gan = Fixed::against(
            discriminator.clone(),
            self.images("fakes"),
            Loss::RelativisticPairing,
            penalties,
        );
        let batch = Batch { penalty_noise, ..Fixed::batch(self.tensor("reals", IMAGES)) };
        let objective = gan.discriminator_objective(batch).unwrap();
        match what {
            "objective" => objective.total(),
            _ => objective.penalty.unwrap(),
        }
    }
}

const PENALTIES: [&str; 5] = ["r1", "r2", "interpolates", "dragan", "objective"];

fn blank(activation: Activation, spectral_norm: bool, device: &Device) -> Discriminator {
    let (image_shape, hidden) = ([1, 4, 4], vec![8, 6]);
    let config = MlpDiscriminatorConfig {
        image_shape,
        hidden,
        activation,
        spectral_norm,
        classes: None,
        minibatch_std: false,
    };
    DiscriminatorConfig::Mlp(config).init(Rng::new(0), device).unwrap()
}

/// The gradients of all parameters by name; 0 for those that the loss does not depend on.
fn named_gradients<M: Module>(module: &M, gradients: &Gradients) -> BTreeMap<String, Vec<f32>> {
    struct Collect<'a> {
        path: ModulePath,
        gradients: &'a Gradients,
        found: BTreeMap<String, Vec<f32>>,
    }
    impl ModuleVisitor for Collect<'_> {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.path.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let parameter = param.val();
            let gradient = parameter.grad(self.gradients);
            let values = gradient.map(|gradient| gradient.into_data().try_to_vec().unwrap());
            let values = values.unwrap_or_else(|| vec![0.0; parameter.shape().num_elements()]);
            self.found.insert(self.path.name(), values);
        }
    }
    let mut collect = Collect { path: ModulePath::new(""), gradients, found: BTreeMap::new() };
    module.visit(&mut collect);
    collect.found
}

fn list<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().unwrap()
}

#[test]
fn the_input_gradient_is_that_of_pytorch_and_of_autodiff() {
    for (backend, device) in devices::both() {
        for network in NETWORKS {
            let case = Case::new(network, &device);
            let name = case.name;
            let given = case.discriminator.input_gradient(case.images("reals"), None).unwrap();
            assert_eq!(given.gradient.dims(), IMAGES);
            let (logits, gradient) = (list(given.logits), list(given.gradient));
            let off = deviation(&logits, &case.values("logits", &[5, 1]));
            assert!(off < 1e-5, "{backend}, {name}: logits off by {off:e}");
            let off = deviation(&gradient, &case.values("gradient", &IMAGES));
            assert!(off < 1e-5, "{backend}, {name}: gradient off by {off:e}");

            let images = case.images("reals").require_grad();
            let logits = case.discriminator.logits(images.clone(), None);
            let first_order = images.grad(&logits.sum().backward()).unwrap();
            let off = deviation(&gradient, &list(first_order));
            eprintln!("{backend}, {name}: input gradient off autodiff's by {off:.1e}");
            assert!(off < 1e-5, "{backend}, {name}: autodiff's off by {off:e}");
        }
    }
}

#[test]
fn the_input_gradient_is_the_slope_of_the_logit() {
    for (backend, device) in devices::both() {
        for network in NETWORKS {
            let case = Case::new(network, &device);
            let name = case.name;
            let network = case.discriminator.valid();
            let images = case.tensor("reals", IMAGES);
            let gradient = list(network.input_gradient(images.clone(), None).unwrap().gradient);
            let step = 1e-3;
            let slopes: Vec<Vec<f32>> = (0..16)
                .map(|pixel| {
                    let mut offset = vec![0.0f32; 16];
                    offset[pixel] = step;
                    let offset = TensorData::new(offset, [1, 1, 4, 4]);
                    let offset = Tensor::<4>::from_data(offset, &device);
                    let above = list(network.logits(images.clone() + offset.clone(), None));
                    let below = list(network.logits(images.clone() - offset, None));
                    let both = above.into_iter().zip(below);
                    both.map(|(above, below)| (above - below) / (2.0 * step)).collect()
                })
                .collect();
            let slopes: Vec<f32> =
                (0..5).flat_map(|image| slopes.iter().map(move |slope| slope[image])).collect();
            let off = deviation(&gradient, &slopes);
            eprintln!("{backend}, {name}: input gradient off the slope by {off:.1e}");
            assert!(off < TOLERANCE, "{backend}, {name}: off by {off:e}");
        }
    }
}

#[test]
fn a_penalty_and_its_gradient_in_the_parameters_are_those_of_pytorchs_double_backward() {
    for (backend, device) in devices::both() {
        for network in NETWORKS {
            let case = Case::new(network, &device);
            for what in PENALTIES {
                follows_pytorch(backend, &case, what);
            }
        }
    }
}

#[test]
fn the_input_gradient_and_a_penalty_on_it_are_pytorchs_on_wgpu_where_there_is_an_adapter() {
    if let Some(device) = devices::wgpu() {
        let case = Case::new(NETWORKS[1], &device);
        let given = case.discriminator.input_gradient(case.images("reals"), None).unwrap();
        let off = deviation(&list(given.gradient), &case.values("gradient", &IMAGES));
        eprintln!("wgpu: input gradient off by {off:.1e}");
        assert!(off < 1e-5, "off by {off:e}");
        follows_pytorch("wgpu", &case, "objective");
    }
}

fn follows_pytorch(backend: &str, case: &Case, what: &str) {
    let name = case.name;
    let penalty = case.penalty(what, &case.discriminator);
    let gradients = named_gradients(&case.discriminator, &penalty.backward());
    let off = deviation(&list(penalty), &case.values(what, &[1]));
    assert!(off < 1e-5, "{backend}, {name}: {what} off by {off:e}");
    let mut worst = 0.0f64;
    for (parameter, data) in learned_weights(&case.discriminator, "") {
        let found = &gradients[&parameter];
        let expected = case.values(&format!("{what}.{parameter}"), data.shape());
        if expected.iter().all(|&x| x == 0.0) {
            // Where terms cancel, rounding is left.
            assert!(found.iter().all(|x| x.abs() < 1e-6), "{backend}, {name}: {what} {parameter}");
            continue;
        }
        let off = deviation(found, &expected);
        assert!(off < TOLERANCE, "{backend}, {name}: {what} {parameter} off by {off:e}");
        worst = worst.max(off);
    }
    eprintln!("{backend}, {name}: gradient of {what} off by {worst:.1e}");
}

#[test]
fn the_gradient_of_a_penalty_in_the_parameters_is_its_slope() {
    for (backend, device) in devices::both() {
        // Differences of f32 are too coarse for a network of slopes below 1; PyTorch's f64 is not.
        for &network in &NETWORKS[..2] {
            let case = Case::new(network, &device);
            let name = case.name;
            for what in PENALTIES {
                let penalty = case.penalty(what, &case.discriminator);
                let gradients = named_gradients(&case.discriminator, &penalty.backward());
                for parameter in ["hidden.0.weight", "hidden.1.weight", "output.weight"] {
                    let gradient = &gradients[parameter];
                    let slopes: Vec<f32> = (0..gradient.len().min(48))
                        .map(|index| slope_of(&case, network, what, parameter, index))
                        .collect();
                    let off = deviation(&gradient[..slopes.len()], &slopes);
                    eprintln!("{backend}, {name}: {what} by {parameter} off by {off:.1e}");
                    assert!(off < TOLERANCE, "{backend}, {name}: {what} {parameter}: {off:e}");
                }
            }
        }
    }
}

/// Central difference of a penalty in one number of a parameter.
fn slope_of(
    case: &Case,
    (_, activation, spectral_norm): (&str, Activation, bool),
    what: &str,
    parameter: &str,
    index: usize,
) -> f32 {
    let step = 2e-3;
    let at = |offset: f32| {
        let mut weights = named_weights(&case.discriminator, "");
        let data = &weights[parameter];
        let (mut values, shape): (Vec<f32>, _) =
            (data.try_to_vec().unwrap(), data.shape().to_vec());
        values[index] += offset;
        weights.insert(parameter.to_owned(), TensorData::new(values, shape));
        let bytes = write_weight_file(&weights, "note", "moved".into());
        let moved = blank(activation, spectral_norm, &case.device.clone().autodiff());
        let moved = load_weights(moved, &WeightFile::parse(&bytes).unwrap(), "").unwrap();
        case.penalty(what, &moved).into_scalar::<f32>()
    };
    (at(step) - at(-step)) / (2.0 * step)
}

#[test]
fn label_smoothing_gives_the_gradient_of_a_moved_target() {
    let fixture = Fixture::of_games();
    let column = |name: &str| fixture.values(&format!("losses.{name}"), &[144]);
    let (reals, fakes) = (column("real_logits"), column("fake_logits"));
    /// Its logit is the first channel, and the offset where the second is 1: in real images.
    #[derive(Module, Debug)]
    struct Offset {
        /// `[batch, 1]`
        offset: Param<Tensor<2>>,
    }
    impl Discriminate for Offset {
        fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
            let [batch, ..] = images.dims();
            let channel = |at| images.clone().narrow(1, at, 1).reshape([batch, 1]);
            channel(0) + channel(1) * self.offset.val()
        }
    }
    let device = Device::flex().autodiff();
    let offset = Param::from_data(TensorData::zeros::<f32, _>([144, 1]), &device);
    let discriminator = Offset { offset };
    let images = |values: &[f32], is_real: f32| {
        let values: Vec<f32> = values.iter().flat_map(|&value| [value, is_real]).collect();
        Tensor::<4>::from_data(TensorData::new(values, [144, 2, 1, 1]), &device)
    };
    for (name, loss) in [
        ("non-saturating", Loss::NonSaturating),
        ("saturating", Loss::Saturating),
        ("least-squares", Loss::LeastSquares),
    ] {
        let penalties = Penalties { real_target: 0.9, ..Penalties::default() };
        let gan = Fixed::against(discriminator.clone(), images(&fakes, 0.0), loss, penalties);
        let batch = Fixed::batch(images(&reals, 1.0).inner());
        let objective = gan.discriminator_objective(batch).unwrap();
        // The loss that is reported is the one with the moved target.
        assert!(objective.penalty.is_none());
        let gradients = objective.loss.backward();
        let gradient = discriminator.offset.val().grad(&gradients).unwrap();
        let found: Vec<f32> = list(gradient).into_iter().map(|x| x * 144.0).collect();
        let off = deviation(&found, &column(&format!("{name}.smoothed_d_by_real")));
        assert!(off < 1e-5, "{name}: off by {off:e}");
    }
}

#[test]
fn without_penalties_nothing_is_added_and_no_input_gradient_is_asked_for() {
    let case = Case::new(NETWORKS[0], &Device::flex());
    // A discriminator that offers none.
    #[derive(Module, Debug)]
    struct Plain {
        network: Discriminator,
    }
    impl Discriminate for Plain {
        fn logits(&self, images: Tensor<4>, labels: Option<Tensor<2>>) -> Tensor<2> {
            self.network.logits(images, labels)
        }
    }
    let plain = Plain { network: case.discriminator.clone() };
    let gan = |penalties| {
        Fixed::against(plain.clone(), case.images("fakes"), Loss::NonSaturating, penalties)
    };
    let batch = || Fixed::batch(case.tensor("reals", IMAGES));
    let objective = gan(Penalties::default()).discriminator_objective(batch()).unwrap();
    assert!(objective.penalty.is_none());
    let off = deviation(&list(objective.real_logits), &case.values("logits", &[5, 1]));
    assert!(off < 1e-5, "off by {off:e}");

    // And every penalty on it is an error, and leaves the network as it was.
    let penalty = GradientPenalty::Interpolates { lambda: 10.0 };
    for penalties in [
        Penalties { r1_gamma: 1.0, ..Penalties::default() },
        Penalties { r2_gamma: 1.0, ..Penalties::default() },
        Penalties { r1_gamma: 1.0, r2_gamma: 1.0, ..Penalties::default() },
        Penalties { gradient_penalty: Some(penalty), ..Penalties::default() },
    ] {
        let mut gan = gan(penalties);
        let noise = Some(case.tensor("mix", [IMAGES[0], 1, 1, 1]));
        let batch = Batch { penalty_noise: noise, ..batch() };
        let error = gan.update_discriminator(batch).unwrap_err();
        assert_eq!(error, PenaltyError::NoInputGradient);
        let unchanged = named_weights(&gan.discriminator, "") == named_weights(&plain, "");
        assert!(unchanged, "{penalties:?}");
    }
}

#[test]
fn a_gradient_penalty_without_its_noise_is_an_error_and_not_silently_off() {
    let case = Case::new(NETWORKS[0], &Device::flex());
    for penalty in [
        GradientPenalty::Interpolates { lambda: 10.0 },
        GradientPenalty::Dragan { lambda: 10.0, std: 0.15 },
    ] {
        let penalties = Penalties { gradient_penalty: Some(penalty), ..Penalties::default() };
        let discriminator = case.discriminator.clone();
        let mut gan =
            Fixed::against(discriminator, case.images("fakes"), Loss::Wasserstein, penalties);
        let batch = Fixed::batch(case.tensor("reals", IMAGES));
        let error = gan.update_discriminator(batch).unwrap_err();
        assert_eq!(error, PenaltyError::NoPenaltyNoise);
        assert!(error.to_string().contains("penalty_noise"), "{error}");
    }
}

#[test]
fn a_penalty_on_a_slope_of_zero_is_finite_and_trains_on() {
    // Every weight 0: the gradient is 0 everywhere, where the slope of its norm is infinite.
    let device = Device::flex().autodiff();
    let zero = |param: TensorData| TensorData::zeros::<f32, _>(param.shape().to_vec());
    let blank_network = blank(Activation::Relu, false, &device);
    let weights =
        named_weights(&blank_network, "").into_iter().map(|(name, data)| (name, zero(data)));
    let bytes = write_weight_file(&weights.collect(), "note", "flat".into());
    let flat = load_weights(blank_network, &WeightFile::parse(&bytes).unwrap(), "").unwrap();
    let case = Case::new(NETWORKS[0], &Device::flex());
    for what in PENALTIES {
        let penalty = case.penalty(what, &flat);
        let gradients = named_gradients(&flat, &penalty.backward());
        assert!(penalty.into_scalar::<f32>().is_finite(), "{what}");
        assert!(gradients.values().flatten().all(|x| x.is_finite()), "{what}");
    }
}
