//! Functions of vectors.
//!
//! Every function keeps NaN, is exact at ±∞, and is written with multiply-adds that round once (in
//! WebAssembly twice), so that vectors of every width, one included, give the same bits. Largest errors over all floats
//! are stated at each function and tested.

use pulp::Simd;

use super::simd::mul_add;
use crate::activation::Activation;

/// 1.5 · 2²³: added to a small value, rounds it to an integer that sits in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// eˣ, within 1 ulp; results below 2⁻¹²⁶ within half of the smallest float.
#[inline(always)]
pub(crate) fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let splat = |value: f32| simd.splat_f32s(value);
    // Beyond these bounds the result is ∞ or 0 all the same. NaN compares false and stays.
    let x = simd.select_f32s(simd.greater_than_f32s(x, splat(89.0)), splat(89.0), x);
    let x = simd.select_f32s(simd.less_than_f32s(x, splat(-104.0)), splat(-104.0), x);
    // x = n·ln 2 + r with an integer n and |r| ≤ ln 2 / 2; ln 2 in two parts, the first of which
    // has so few digits that n times it is exact.
    let rounded = mul_add(simd, x, splat(std::f32::consts::LOG2_E), splat(ROUNDER));
    let n = simd.sub_f32s(rounded, splat(ROUNDER));
    let r = mul_add(simd, n, splat(-0.693_359_4), x);
    let r = mul_add(simd, n, splat(2.121_944_4e-4), r);
    // The Taylor series of eʳ; what is left out is below 6e-9.
    let mut series = splat(1.0 / 5040.0);
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = mul_add(simd, series, r, splat(coefficient));
    }
    // 2ⁿ in two factors: one alone could be too large or too small for a float.
    let half = mul_add(simd, n, splat(0.5), splat(ROUNDER));
    let rest = simd.add_f32s(simd.sub_f32s(n, simd.sub_f32s(half, splat(ROUNDER))), splat(ROUNDER));
    let scaled = simd.mul_f32s(series, power_of_two(simd, half));
    simd.mul_f32s(scaled, power_of_two(simd, rest))
}

/// 2ⁿ, where `rounded` is n + [`ROUNDER`].
#[inline(always)]
fn power_of_two<S: Simd>(simd: S, rounded: S::f32s) -> S::f32s {
    let bits = simd.transmute_u32s_f32s(rounded);
    let exponent = simd.wrapping_dyn_shl_u32s(bits, simd.splat_u32s(23));
    simd.transmute_f32s_u32s(simd.add_u32s(exponent, simd.splat_u32s(127 << 23)))
}

/// The logistic function 1 / (1 + e⁻ˣ), within 3 ulp.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    let e = exp(simd, simd.neg_f32s(simd.abs_f32s(x)));
    let numerator = simd.select_f32s(simd.less_than_f32s(x, simd.splat_f32s(0.0)), e, one);
    simd.div_f32s(numerator, simd.add_f32s(one, e))
}

/// log σ(x) = min(x, 0) − log(1 + e^−|x|), within 3 ulp.
#[inline(always)]
pub(crate) fn log_sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let splat = |value: f32| simd.splat_f32s(value);
    let e = exp(simd, simd.neg_f32s(simd.abs_f32s(x)));
    // log(1 + e) = 2 artanh(e / (2 + e)), whose argument is at most 1/3.
    let s = simd.div_f32s(e, simd.add_f32s(e, splat(2.0)));
    let square = simd.mul_f32s(s, s);
    let mut series = splat(1.0 / 17.0);
    for odd in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        series = mul_add(simd, series, square, splat(1.0 / odd));
    }
    let series = mul_add(simd, simd.mul_f32s(series, square), s, s);
    let negative = simd.select_f32s(simd.greater_than_f32s(x, splat(0.0)), splat(0.0), x);
    mul_add(simd, series, splat(-2.0), negative)
}

/// The activation's value.
#[inline(always)]
pub(crate) fn activate<S: Simd>(simd: S, activation: Activation, x: S::f32s) -> S::f32s {
    let zero = simd.splat_f32s(0.0);
    match activation {
        Activation::Identity => x,
        Activation::Relu => simd.select_f32s(simd.less_than_or_equal_f32s(x, zero), zero, x),
        Activation::LeakyRelu(slope) => {
            let scaled = simd.mul_f32s(x, simd.splat_f32s(slope));
            simd.select_f32s(simd.less_than_f32s(x, zero), scaled, x)
        }
        Activation::Sigmoid => sigmoid(simd, x),
    }
}

/// The gradient in the activation's input, from its output `y` and the gradient there.
#[inline(always)]
pub(crate) fn activate_backward<S: Simd>(
    simd: S,
    activation: Activation,
    y: S::f32s,
    gradient: S::f32s,
) -> S::f32s {
    let zero = simd.splat_f32s(0.0);
    match activation {
        Activation::Identity => gradient,
        // At 0 the derivative is that of the negative side; a NaN lets the gradient pass.
        Activation::Relu => simd.select_f32s(simd.less_than_or_equal_f32s(y, zero), zero, gradient),
        Activation::LeakyRelu(slope) => {
            let scaled = simd.mul_f32s(gradient, simd.splat_f32s(slope));
            simd.select_f32s(simd.less_than_or_equal_f32s(y, zero), scaled, gradient)
        }
        Activation::Sigmoid => {
            let derivative = simd.mul_f32s(y, simd.sub_f32s(simd.splat_f32s(1.0), y));
            simd.mul_f32s(gradient, derivative)
        }
    }
}
