//! The Dirac-GAN of Mescheder, Geiger and Nowozin 2018: data at 0, a generator that makes the point
//! θ, a discriminator D(x) = ψx. Which methods find θ = ψ = 0 was proved there, and for relativistic
//! pairing by Huang et al. 2024. Their setting: steps of 0.2, 500 of them, from (1, 1).

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use gan_model::{Discriminate, InputGradient};
use gan_training::{AdversarialLoss, Batch, GradientPenalty, Loss, Penalties};

use crate::step::fixed::Fixed;

const STEP: f64 = 0.2;
const STEPS: usize = 500;

#[derive(Module, Debug)]
struct Line {
    slope: Param<Tensor<2>>,
}

impl Discriminate for Line {
    fn logits(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Tensor<2> {
        images.flatten::<2>(1, 3) * self.slope.val()
    }

    fn input_gradient(&self, images: Tensor<4>, _: Option<Tensor<2>>) -> Option<InputGradient> {
        let gradient = self.slope.val().reshape([1, 1, 1, 1]).expand(images.dims());
        Some(InputGradient { logits: self.logits(images, None), gradient })
    }
}

/// How far from the equilibrium the largest of the last 50 iterates is; gradient descent in turns.
fn distance_at_the_end(loss: Loss, penalties: Penalties, noise: f32) -> f64 {
    let device = Device::flex().autodiff();
    // Quantiles of the normal distribution stand for instance noise, so that nothing is left to
    // chance: −1.22, −0.51, 0, 0.51, 1.22 (the mean square of which is 0.7).
    let quantiles = [-1.22f32, -0.51, 0.0, 0.51, 1.22].map(|quantile| quantile * noise);
    let noise = Tensor::<4>::from_data(TensorData::new(quantiles.to_vec(), [5, 1, 1, 1]), &device);
    let number = |value: f64| Tensor::<2>::from_data([[value as f32]], &device).require_grad();
    let (mut point, mut slope) = (1.0, 1.0);
    let mut farthest = 0.0f64;
    for step in 0..STEPS {
        let fakes = noise.clone() + number(point).detach().reshape([1, 1, 1, 1]);
        let line = Line { slope: Param::from_tensor(number(slope)) };
        let gan = Fixed::against(line.clone(), fakes, loss, penalties);
        // Between real and generated points, and around real ones, the gradient is the same.
        let penalty_noise = penalties.gradient_penalty.map(|_| noise.clone().inner());
        let batch = Batch { penalty_noise, ..Fixed::batch(noise.clone().inner()) };
        let objective = gan.discriminator_objective(batch).unwrap();
        let gradient = line.slope.val().grad(&objective.total().backward()).unwrap();
        slope -= STEP * f64::from(gradient.into_scalar::<f32>());

        let line = Line { slope: Param::from_tensor(number(slope).detach()) };
        let theta = number(point);
        let fakes = noise.clone() + theta.clone().reshape([1, 1, 1, 1]);
        let g_loss = loss.generator(line.logits(fakes, None), || line.logits(noise.clone(), None));
        let gradient = theta.grad(&g_loss.backward()).unwrap();
        point -= STEP * f64::from(gradient.into_scalar::<f32>());
        if step >= STEPS - 50 {
            farthest = farthest.max(point.hypot(slope));
        }
    }
    farthest
}

fn converges(name: &str, loss: Loss, penalties: Penalties, noise: f32) {
    let distance = distance_at_the_end(loss, penalties, noise);
    eprintln!("{name}: ends within {distance:.1e}");
    assert!(distance < 0.01, "{name} ends at a distance of {distance}");
}

/// The non-saturating ones creep inwards, slower than any linear rate; the others circle.
fn does_not_converge(name: &str, loss: Loss, penalties: Penalties) {
    let distance = distance_at_the_end(loss, penalties, 0.0);
    eprintln!("{name}: still {distance:.2} away");
    assert!(distance > 0.1, "{name} ends at a distance of {distance}");
}

#[test]
fn losses_without_a_penalty_do_not_converge() {
    let none = Penalties::default();
    does_not_converge("GAN", Loss::Saturating, none);
    does_not_converge("NSGAN", Loss::NonSaturating, none);
    does_not_converge("WGAN", Loss::Wasserstein, none);
    does_not_converge("RpGAN", Loss::RelativisticPairing, none);
    // Within its margins the hinge is WGAN's loss.
    does_not_converge("hinge", Loss::Hinge, none);
}

#[test]
fn penalties_that_pull_the_gradient_norm_towards_one_do_not_converge() {
    let alone = |penalty| Penalties { gradient_penalty: Some(penalty), ..Penalties::default() };
    let wgan_gp = alone(GradientPenalty::Interpolates { lambda: 1.0 });
    does_not_converge("WGAN-GP", Loss::Wasserstein, wgan_gp);
    let dragan = alone(GradientPenalty::Dragan { lambda: 1.0, std: 0.15 });
    does_not_converge("DRAGAN", Loss::NonSaturating, dragan);
}

#[test]
fn r1_and_r2_converge() {
    let none = Penalties::default();
    for (name, penalties) in
        [("R1", Penalties { r1_gamma: 1.0, ..none }), ("R2", Penalties { r2_gamma: 1.0, ..none })]
    {
        converges(&format!("GAN with {name}"), Loss::Saturating, penalties, 0.0);
        converges(&format!("NSGAN with {name}"), Loss::NonSaturating, penalties, 0.0);
        converges(&format!("WGAN with {name}"), Loss::Wasserstein, penalties, 0.0);
        converges(&format!("RpGAN with {name}"), Loss::RelativisticPairing, penalties, 0.0);
    }
}

#[test]
fn instance_noise_converges() {
    converges("GAN with instance noise", Loss::Saturating, Penalties::default(), 1.0);
    converges("NSGAN with instance noise", Loss::NonSaturating, Penalties::default(), 1.0);
}
