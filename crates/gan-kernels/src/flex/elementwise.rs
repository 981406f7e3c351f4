//! Kernels that pass over all values once.

use std::iter::zip;
use std::mem::MaybeUninit;
use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::threads::{filled, in_chunks};
use super::{math, simd};
use crate::activation::Activation;
use crate::adam::AdamCoefficients;

/// A function of one value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Function {
    Exp,
    LogSigmoid,
    Activation(Activation),
}

/// A function of two values, the second a gradient.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backward {
    /// Of the output of eˣ.
    Exp,
    /// Of the input x of log σ.
    LogSigmoid,
    /// Of the output y of an activation.
    Activation(Activation),
}

/// What an element costs, in multiplications.
const WORK: usize = 30;

/// Values per chunk of a pass: a multiple of every vector.
const GRAIN: usize = 1024;

/// `function` of every value.
pub(crate) fn map(function: Function, x: &[f32]) -> Vec<f32> {
    filled(x.len(), 1, GRAIN, WORK * x.len(), |first, out| {
        simd::dispatch(Map { function, x: &x[first..][..out.len()], out });
    })
}

/// The gradient in the input of `function`, from `known` (its input or output) and the one in its output.
pub(crate) fn backward(function: Backward, known: &[f32], gradient: &[f32]) -> Vec<f32> {
    filled(known.len(), 1, GRAIN, WORK * known.len(), |first, out| {
        let range = first..first + out.len();
        let (known, gradient) = (&known[range.clone()], &gradient[range]);
        simd::dispatch(MapBackward { function, known, gradient, out });
    })
}

/// decay · average + (1 − decay) · value, value by value.
pub(crate) fn blend(average: &[f32], value: &[f32], decay: f64) -> Vec<f32> {
    filled(average.len(), 1, GRAIN, WORK * average.len(), |first, out| {
        let range = first..first + out.len();
        let (average, value) = (&average[range.clone()], &value[range]);
        simd::dispatch(Blend { average, value, decay, out });
    })
}

/// One step of Adam. The new parameters are written over `gradient`, which is not needed again.
pub(crate) fn adam_step(
    coefficients: AdamCoefficients,
    parameter: &[f32],
    gradient: &mut [f32],
    moment_1: &mut [f32],
    moment_2: &mut [f32],
) {
    let count = parameter.len();
    let [mut gradient, mut moment_1, mut moment_2] = [gradient, moment_1, moment_2];
    let cut = |chunk: Range<usize>| Adam {
        coefficients,
        parameter: &parameter[chunk.clone()],
        gradient: first(&mut gradient, chunk.len()),
        moment_1: first(&mut moment_1, chunk.len()),
        moment_2: first(&mut moment_2, chunk.len()),
    };
    in_chunks(count, GRAIN, WORK * count, cut, simd::dispatch);
}

/// As many of the first values, which `values` has no longer; none where it is empty.
fn first<'a>(values: &mut &'a mut [f32], count: usize) -> &'a mut [f32] {
    values.split_off_mut(..count).unwrap_or_default()
}

struct Map<'a> {
    function: Function,
    x: &'a [f32],
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Map<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (x, x_rest) = S::as_simd_f32s(self.x);
        let (out, out_rest) = S::as_uninit_mut_simd_f32s(self.out);
        for (&x, out) in zip(x, out) {
            out.write(self.function.of(simd, x));
        }
        write_rest(simd, self.function.of(simd, simd.partial_load_f32s(x_rest)), out_rest);
    }
}

impl Function {
    #[inline(always)]
    fn of<S: Simd>(self, simd: S, x: S::f32s) -> S::f32s {
        match self {
            Self::Exp => math::exp(simd, x),
            Self::LogSigmoid => math::log_sigmoid(simd, x),
            Self::Activation(activation) => math::activate(simd, activation, x),
        }
    }
}

struct MapBackward<'a> {
    function: Backward,
    known: &'a [f32],
    gradient: &'a [f32],
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for MapBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (known, known_rest) = S::as_simd_f32s(self.known);
        let (gradient, gradient_rest) = S::as_simd_f32s(self.gradient);
        let (out, out_rest) = S::as_uninit_mut_simd_f32s(self.out);
        for ((&known, &gradient), out) in zip(zip(known, gradient), out) {
            out.write(self.function.of(simd, known, gradient));
        }
        let known = simd.partial_load_f32s(known_rest);
        let gradient = simd.partial_load_f32s(gradient_rest);
        write_rest(simd, self.function.of(simd, known, gradient), out_rest);
    }
}

impl Backward {
    #[inline(always)]
    fn of<S: Simd>(self, simd: S, known: S::f32s, gradient: S::f32s) -> S::f32s {
        match self {
            Self::Exp => simd.mul_f32s(gradient, known),
            // The derivative of log σ(x) is σ(−x).
            Self::LogSigmoid => simd.mul_f32s(gradient, math::sigmoid(simd, simd.neg_f32s(known))),
            Self::Activation(activation) => {
                math::activate_backward(simd, activation, known, gradient)
            }
        }
    }
}

struct Blend<'a> {
    average: &'a [f32],
    value: &'a [f32],
    decay: f64,
    out: &'a mut [MaybeUninit<f32>],
}

impl WithSimd for Blend<'_> {
    type Output = ();

    /// Rounded after every operation, like the reference's separate passes: the same bits.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (old, new) = (self.decay as f32, (1.0 - self.decay) as f32);
        for ((average, value), out) in zip(zip(self.average, self.value), self.out) {
            out.write(average * old + value * new);
        }
    }
}

#[inline(always)]
pub(crate) fn write_rest<S: Simd>(simd: S, value: S::f32s, to: &mut [MaybeUninit<f32>]) {
    let mut lanes = [0.0; 64];
    simd.partial_store_f32s(&mut lanes[..to.len()], value);
    for (to, lane) in zip(to, lanes) {
        to.write(lane);
    }
}

struct Adam<'a> {
    coefficients: AdamCoefficients,
    parameter: &'a [f32],
    gradient: &'a mut [f32],
    /// Lhs alone, and perhaps empty, where β₁ is 0: the mean is the gradient itself.
    moment_1: &'a mut [f32],
    moment_2: &'a mut [f32],
}

impl WithSimd for Adam<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (parameter, parameter_rest) = S::as_simd_f32s(self.parameter);
        let (gradient, gradient_rest) = S::as_mut_simd_f32s(self.gradient);
        let (moment_1, moment_1_rest) = S::as_mut_simd_f32s(self.moment_1);
        let (moment_2, moment_2_rest) = S::as_mut_simd_f32s(self.moment_2);
        let kept = zip(zip(parameter, gradient), moment_2);
        let zero = simd.splat_f32s(0.0);
        let [p, g, v] = [parameter_rest, &*gradient_rest, &*moment_2_rest]
            .map(|rest| simd.partial_load_f32s(rest));
        let rest = if self.coefficients.beta_1 == 0.0 {
            for ((&p, g), v) in kept {
                [*g, _, *v] = adam(simd, self.coefficients, p, *g, [zero, *v]);
            }
            adam(simd, self.coefficients, p, g, [zero, v])
        } else {
            for (((&p, g), v), m) in zip(kept, moment_1) {
                [*g, *m, *v] = adam(simd, self.coefficients, p, *g, [*m, *v]);
            }
            let m = simd.partial_load_f32s(moment_1_rest);
            let rest = adam(simd, self.coefficients, p, g, [m, v]);
            simd.partial_store_f32s(moment_1_rest, rest[1]);
            rest
        };
        simd.partial_store_f32s(gradient_rest, rest[0]);
        simd.partial_store_f32s(moment_2_rest, rest[2]);
    }
}

/// The new parameter and moments. Rounded after every operation, like the reference's separate passes:
/// the same bits.
#[inline(always)]
fn adam<S: Simd>(
    simd: S,
    coefficients: AdamCoefficients,
    parameter: S::f32s,
    gradient: S::f32s,
    [moment_1, moment_2]: [S::f32s; 2],
) -> [S::f32s; 3] {
    let scaled = |x: S::f32s, factor: f64| simd.mul_f32s(x, simd.splat_f32s(factor as f32));
    let AdamCoefficients { beta_1, beta_2, step_size, epsilon } = coefficients;
    let new_1 = scaled(gradient, 1.0 - beta_1);
    let moment_1 = simd.add_f32s(scaled(moment_1, beta_1), new_1);
    let new_2 = scaled(simd.mul_f32s(gradient, gradient), 1.0 - beta_2);
    let moment_2 = simd.add_f32s(scaled(moment_2, beta_2), new_2);
    let root = simd.sqrt_f32s(moment_2);
    let denominator = simd.add_f32s(root, simd.splat_f32s(epsilon as f32));
    let displacement = simd.div_f32s(scaled(moment_1, step_size), denominator);
    [simd.sub_f32s(parameter, displacement), moment_1, moment_2]
}
