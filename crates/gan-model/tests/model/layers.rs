//! Layers against PyTorch: forward, input gradient, and the gradients of both.

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use gan_model::layers::mean_std;
use gan_model::layers::{
    Convolution, Pointwise, Resampling, TransposedConvolution, leaky_relu_slopes,
    linear_input_gradient, resample,
};

use crate::devices;
use crate::reference::{Reference, deviation, values};

/// GPUs sum in another order than CPUs.
const TOLERANCE: f64 = 1e-4;

/// Name, stride, padding, groups.
const CONVOLUTIONS: [(&str, usize, usize, usize); 8] = [
    ("plain", 1, 1, 1),
    ("strided", 2, 1, 1),
    ("skipping", 2, 1, 1),
    ("grouped", 1, 1, 2),
    ("grouped_strided", 2, 0, 2),
    ("depthwise", 2, 1, 4),
    ("patches", 2, 0, 1),
    ("pointwise", 1, 0, 1),
];

const RESAMPLINGS: [(&str, Resampling); 4] = [
    ("nearest_up", Resampling::NearestUp),
    ("nearest_down", Resampling::NearestDown),
    ("bilinear_up", Resampling::BilinearUp),
    ("bilinear_down", Resampling::BilinearDown),
];

fn param<const D: usize>(tensor: Tensor<D>) -> Param<Tensor<D>> {
    Param::from_tensor(tensor)
}

#[test]
fn a_convolution_and_its_input_gradient_follow_pytorch_and_so_do_their_own_gradients() {
    let (reference, device) = (Reference::new(), Device::flex().autodiff());
    for (name, stride, padding, groups) in CONVOLUTIONS {
        let get = |part: &str| reference.tensor::<4>(&format!("{name}.{part}"), &device);
        let layer = Convolution {
            weight: param(get("weight")),
            bias: Some(param(reference.tensor(&format!("{name}.bias"), &device))),
            stride,
            padding,
            groups,
        };
        let (x, g) = (get("x").require_grad(), get("g"));
        let y = layer.forward(x.clone());
        reference.assert_close(y.clone(), &format!("{name}.y"), TOLERANCE);
        let [_, _, height, width] = x.dims();
        let gradient = layer.input_gradient(g.clone(), [height, width]);
        reference.assert_close(gradient.clone(), &format!("{name}.gradient"), TOLERANCE);
        // What Burn itself makes of the first derivative.
        let burns = (layer.forward(x.clone()) * g).sum().backward();
        let burns = values(x.grad(&burns).unwrap().into_data());
        assert!(deviation(&values(gradient.clone().into_data()), &burns) < TOLERANCE, "{name}");

        let gradients = (gradient.square().sum() + y.square().sum()).backward();
        let d_weight = layer.weight.val().grad(&gradients).unwrap();
        reference.assert_close(d_weight, &format!("{name}.d_weight"), TOLERANCE);
        reference.assert_close(x.grad(&gradients).unwrap(), &format!("{name}.d_x"), TOLERANCE);
    }
}

#[test]
fn a_pointwise_convolution_is_a_convolution() {
    for (backend, device) in devices::both() {
        eprintln!("{backend}");
        let (reference, device) = (Reference::new(), device.autodiff());
        let get = |part: &str| reference.tensor::<4>(&format!("pointwise.{part}"), &device);
        let layer = Pointwise {
            weight: param(get("weight").flatten(1, 3)),
            bias: Some(param(reference.tensor("pointwise.bias", &device))),
        };
        let x = get("x").require_grad();
        let y = layer.forward(x.clone());
        reference.assert_close(y.clone(), "pointwise.y", TOLERANCE);
        let gradient = layer.input_gradient(get("g"));
        reference.assert_close(gradient.clone(), "pointwise.gradient", TOLERANCE);
        let gradients = (gradient.square().sum() + y.square().sum()).backward();
        let d_weight: Tensor<4> =
            layer.weight.val().grad(&gradients).unwrap().reshape([5, 3, 1, 1]);
        reference.assert_close(d_weight, "pointwise.d_weight", TOLERANCE);
        reference.assert_close(x.grad(&gradients).unwrap(), "pointwise.d_x", TOLERANCE);
    }
}

#[test]
fn a_transposed_convolution_and_its_gradients_follow_pytorch() {
    for (backend, device) in devices::both() {
        eprintln!("{backend}");
        let (reference, device) = (Reference::new(), device.autodiff());
        let layer = TransposedConvolution {
            weight: param(reference.tensor("transposed.weight", &device)),
            bias: Some(param(reference.tensor("transposed.bias", &device))),
            stride: 2,
            padding: 1,
        };
        let x = reference.tensor::<4>("transposed.x", &device).require_grad();
        let y = layer.forward(x.clone());
        reference.assert_close(y.clone(), "transposed.y", TOLERANCE);
        let gradients = y.square().sum().backward();
        reference.assert_close(x.grad(&gradients).unwrap(), "transposed.d_x", TOLERANCE);
        let d_weight = layer.weight.val().grad(&gradients).unwrap();
        reference.assert_close(d_weight, "transposed.d_weight", TOLERANCE);
        let d_bias = layer.bias.unwrap().val().grad(&gradients).unwrap();
        reference.assert_close(d_bias, "transposed.d_bias", TOLERANCE);
    }
}

#[test]
fn resampling_and_its_input_gradient_follow_pytorch() {
    for (backend, device) in devices::both() {
        eprintln!("{backend}");
        let (reference, device) = (Reference::new(), device.autodiff());
        for (name, resampling) in RESAMPLINGS {
            let get = |part: &str| reference.tensor::<4>(&format!("{name}.{part}"), &device);
            let x = get("x").require_grad();
            let y = resample(x.clone(), resampling);
            reference.assert_close(y.clone(), &format!("{name}.y"), TOLERANCE);
            let gradient = resampling.input_gradient(get("g"));
            reference.assert_close(gradient, &format!("{name}.gradient"), TOLERANCE);
            let burns = (y * get("g")).sum().backward();
            let burns = x.grad(&burns).unwrap();
            reference.assert_close(burns, &format!("{name}.gradient"), TOLERANCE);
        }
    }
}

#[test]
fn leaky_relu_has_slope_one_above_zero_and_its_own_elsewhere() {
    let device = Device::flex().autodiff();
    let x = Tensor::<1>::from_data([-3.0, -0.0, 0.0, 1e-30, 2.0], &device).require_grad();
    for slope in [0.0, 0.2] {
        let expected = [slope as f32, slope as f32, slope as f32, 1.0, 1.0];
        let slopes = leaky_relu_slopes(&x, slope);
        assert_eq!(values(slopes.clone().into_data()), expected);
        let gradients = (x.clone() * slopes).sum().backward();
        assert_eq!(values(x.grad(&gradients).unwrap().into_data()), expected);
    }
}

#[test]
fn a_linear_layers_input_gradient_is_burns() {
    let device = Device::flex().autodiff();
    let weight = Tensor::from_data([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]], &device);
    let layer = Linear { weight: param(weight), bias: None };
    let x = Tensor::<2>::from_data([[0.3, -0.7], [2.0, 1.0]], &device).require_grad();
    let g = Tensor::<2>::from_data([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]], &device);
    let gradients = (layer.forward(x.clone()) * g.clone()).sum().backward();
    let found = linear_input_gradient(&layer, g);
    assert_eq!(found.inner().into_data(), x.grad(&gradients).unwrap().into_data());
    assert_eq!(values(x.grad(&gradients).unwrap().into_data()), [-1.5, 0.5, -2.0, -2.875]);
}

#[test]
fn the_minibatch_std_is_that_of_each_feature_over_the_batch_and_then_the_mean() {
    // Deviations of the columns: 0, 1 and 4.
    let features = Tensor::<2>::from_data([[3.0, 1.0, 0.0], [3.0, 3.0, 8.0]], &Device::flex());
    let found: f32 = mean_std(features).into_scalar();
    // Under the root stands 1e-8 more than the variance.
    assert!((found - (1e-4 + 1.0 + 4.0) / 3.0).abs() < 1e-6, "{found}");
}
