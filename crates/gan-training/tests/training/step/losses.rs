//! Losses and their gradients.

use burn::tensor::{Device, Tensor};
use gan_training::{AdversarialLoss, Loss};

use crate::devices;
use crate::fixture::Fixture;

/// Pairs of logits in the fixture.
const PAIRS: usize = 144;

/// Both losses of one pair of logits and their derivatives.
#[derive(Clone, Copy, Debug)]
struct Row {
    d: f32,
    d_by_real: f32,
    d_by_fake: f32,
    g: f32,
    g_by_fake: f32,
}

impl Row {
    fn of(loss: Loss, real: f32, fake: f32, device: &Device) -> Self {
        let device = device.clone().autodiff();
        let logit = |value: f32| Tensor::<2>::from_data([[value]], &device).require_grad();
        let (real, fake) = (logit(real), logit(fake));
        let d = loss.discriminator(real.clone(), fake.clone());
        let d_gradients = d.backward();
        let g = loss.generator(fake.clone(), || real.clone());
        let g_gradients = g.backward();
        let scalar = |tensor: Option<Tensor<2>>| tensor.unwrap().into_scalar::<f32>();
        Self {
            d: d.into_scalar(),
            d_by_real: scalar(real.grad(&d_gradients)),
            d_by_fake: scalar(fake.grad(&d_gradients)),
            g: g.into_scalar(),
            g_by_fake: scalar(fake.grad(&g_gradients)),
        }
    }

    fn numbers(self) -> [f32; 5] {
        [self.d, self.d_by_real, self.d_by_fake, self.g, self.g_by_fake]
    }

    fn is_finite(self) -> bool {
        self.numbers().iter().all(|number| number.is_finite())
    }
}

fn assert_close(found: f32, expected: f32, tolerance: f32, what: &str) {
    // Relative, and absolute near 0: log(1 + x) forgets the digits of a small x beside the 1.
    let error = (found - expected).abs();
    assert!(
        error <= tolerance * expected.abs() + f32::EPSILON,
        "{what}: {found} is not {expected}"
    );
}

#[test]
fn non_saturating_losses_and_gradients_are_those_of_the_reference_up_to_logits_of_100() {
    let fixture = Fixture::new();
    let column = |name: &str| fixture.values(&format!("losses.{name}"), &[PAIRS]);
    let names = ["d", "d_by_real", "d_by_fake", "g", "g_by_fake"];
    let columns = names.map(column);
    let (reals, fakes) = (column("real_logits"), column("fake_logits"));
    for (backend, device) in devices::both() {
        for pair in 0..PAIRS {
            let row = Row::of(Loss::NonSaturating, reals[pair], fakes[pair], &device);
            for ((found, expected), name) in row.numbers().into_iter().zip(&columns).zip(names) {
                let what = format!("{backend}: {name} at {} and {}", reals[pair], fakes[pair]);
                assert_close(found, expected[pair], 1e-5, &what);
            }
        }
    }
}

#[test]
fn every_loss_and_its_gradients_are_those_of_pytorch_up_to_logits_of_100() {
    let fixture = Fixture::of_games();
    for (name, loss) in [
        ("non-saturating", Loss::NonSaturating),
        ("saturating", Loss::Saturating),
        ("least-squares", Loss::LeastSquares),
        ("wasserstein", Loss::Wasserstein),
        ("hinge", Loss::Hinge),
        ("relativistic-pairing", Loss::RelativisticPairing),
    ] {
        let column = |column: &str| fixture.values(&format!("losses.{column}"), &[PAIRS]);
        let (reals, fakes) = (column("real_logits"), column("fake_logits"));
        let numbers = ["d", "d_by_real", "d_by_fake", "g", "g_by_fake"];
        let columns = numbers.map(|number| column(&format!("{name}.{number}")));
        for (backend, device) in devices::both() {
            for pair in 0..PAIRS {
                let row = Row::of(loss, reals[pair], fakes[pair], &device);
                for ((found, column), number) in
                    row.numbers().into_iter().zip(&columns).zip(numbers)
                {
                    let (real, fake) = (reals[pair], fakes[pair]);
                    let what = format!("{backend}: {name} {number} at {real} and {fake}");
                    assert_close(found, column[pair], 1e-5, &what);
                }
            }
        }
    }
}

#[test]
fn only_a_loss_that_compares_asks_for_real_logits() {
    let logits = || Tensor::<2>::ones([3, 1], &Device::flex());
    for loss in [
        Loss::NonSaturating,
        Loss::Textbook,
        Loss::Saturating,
        Loss::LeastSquares,
        Loss::Wasserstein,
        Loss::Hinge,
    ] {
        let mut asked = false;
        loss.generator(logits(), || {
            asked = true;
            logits()
        });
        assert!(!asked, "{loss:?}");
    }
    let mut asked = false;
    Loss::RelativisticPairing.generator(logits(), || {
        asked = true;
        logits()
    });
    assert!(asked);
}

#[test]
fn a_loss_of_a_batch_is_the_mean_over_the_batch() {
    let fixture = Fixture::new();
    for (backend, device) in devices::both() {
        let logits = |name| fixture.tensor(name, [PAIRS], &device).reshape([PAIRS, 1]);
        let (reals, fakes) = (logits("losses.real_logits"), logits("losses.fake_logits"));
        let d = Loss::NonSaturating.discriminator(reals, fakes.clone());
        let g =
            Loss::NonSaturating.generator(fakes, || unreachable!("this loss needs no real images"));
        for (name, loss) in [("losses.d", d), ("losses.g", g)] {
            assert_eq!(loss.dims(), [1]);
            let each = fixture.values(name, &[PAIRS]);
            let mean = each.iter().map(|&x| f64::from(x)).sum::<f64>() / PAIRS as f64;
            assert_close(loss.into_scalar(), mean as f32, 1e-5, &format!("{backend}: {name}"));
        }
    }
}

#[test]
fn textbook_losses_equal_the_non_saturating_ones_where_probabilities_have_their_digits() {
    let logits = [-5.0, -3.0, -1.0, -0.25, 0.0, 0.5, 2.0, 4.0, 5.0];
    for (backend, device) in devices::both() {
        for real in logits {
            for fake in logits {
                let textbook = Row::of(Loss::Textbook, real, fake, &device);
                let logits = Row::of(Loss::NonSaturating, real, fake, &device);
                for (a, b) in textbook.numbers().into_iter().zip(logits.numbers()) {
                    assert_close(a, b, 1e-5, &format!("{backend}: at {real} and {fake}"));
                }
            }
        }
    }
}

#[test]
fn textbook_losses_lose_digits_as_probabilities_near_one_and_differ_by_no_more_than_that() {
    // 1 − σ(x) is a difference from 1, so it is off by up to 2⁻²⁴ and a little for the roundings
    // before it; its logarithm then by that over 1 − σ(x) = 1 / (1 + eˣ).
    for (backend, device) in devices::both() {
        for step in 0..=120 {
            let logit = step as f32 * 0.25 - 15.0;
            let textbook = Row::of(Loss::Textbook, -logit, logit, &device);
            let logits = Row::of(Loss::NonSaturating, -logit, logit, &device);
            assert!(textbook.is_finite(), "{backend}: {textbook:?} at {logit}");
            let allowed = 1e-5 * logits.d + 3.0 * f32::EPSILON * (1.0 + logit.exp());
            let error = (textbook.d - logits.d).abs();
            assert!(error <= allowed, "{backend}: off by {error} at {logit}, allowed {allowed}");
            assert_close(textbook.g, logits.g, 1e-5, &format!("{backend}: at {logit}"));
        }
    }
}

#[test]
fn textbook_losses_are_not_finite_where_the_non_saturating_ones_still_are() {
    for (backend, device) in devices::both() {
        let value = |loss: Loss, real: f32, fake: f32| Row::of(loss, real, fake, &device);
        for (real, fake) in [(0.0, 20.0), (0.0, 100.0), (-110.0, 0.0), (-200.0, 200.0)] {
            let textbook = value(Loss::Textbook, real, fake);
            assert!(!textbook.d.is_finite(), "{backend}: {textbook:?} at {real} and {fake}");
            let logits = value(Loss::NonSaturating, real, fake);
            assert!(logits.is_finite(), "{backend}: {logits:?} at {real} and {fake}");
        }
        let textbook = value(Loss::Textbook, 0.0, -110.0);
        assert!(!textbook.g.is_finite(), "{backend}: {textbook:?}");
        assert_close(value(Loss::NonSaturating, 0.0, -110.0).g, 110.0, 1e-6, backend);
    }
}

#[test]
fn textbook_gradients_are_not_a_number_where_the_non_saturating_ones_teach_most() {
    // A real image that D takes for generated, a generated one that it takes for real.
    for (backend, device) in devices::both() {
        let textbook = Row::of(Loss::Textbook, -110.0, 110.0, &device);
        assert!(textbook.d_by_real.is_nan(), "{backend}: {textbook:?}");
        assert!(textbook.d_by_fake.is_nan(), "{backend}: {textbook:?}");
        let logits = Row::of(Loss::NonSaturating, -110.0, 110.0, &device);
        assert_close(logits.d_by_real, -1.0, 1e-6, backend);
        assert_close(logits.d_by_fake, 1.0, 1e-6, backend);
    }
}

#[test]
fn gradients_equal_central_differences() {
    // −log σ(x) = log(1 + e⁻ˣ), in f64 and in no other way than the definition.
    let minus_log_sigmoid = |x: f64| (-x).exp().ln_1p();
    let slope = |f: &dyn Fn(f64) -> f64, x: f64| (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
    for (backend, device) in devices::both() {
        for loss in [Loss::NonSaturating, Loss::Textbook] {
            for real in [-4.0f32, -1.5, 0.0, 0.75, 3.0] {
                let fake = real * 0.8 - 0.3;
                let row = Row::of(loss, real, fake, &device);
                let (real, fake) = (f64::from(real), f64::from(fake));
                let d_by_real = slope(&|x| minus_log_sigmoid(x), real) as f32;
                let d_by_fake = slope(&|x| minus_log_sigmoid(-x), fake) as f32;
                let g_by_fake = slope(&|x| minus_log_sigmoid(x), fake) as f32;
                let what = format!("{backend}: {loss:?} at {real} and {fake}");
                assert_close(row.d_by_real, d_by_real, 1e-5, &what);
                assert_close(row.d_by_fake, d_by_fake, 1e-5, &what);
                assert_close(row.g_by_fake, g_by_fake, 1e-5, &what);
            }
        }
    }
}
