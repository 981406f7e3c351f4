//! Vector instructions: the widest that the processor has, chosen when a kernel runs.

use pulp::{Arch, Scalar, Simd, WithSimd};

/// The width that the tests ask for.
#[cfg(test)]
#[derive(Clone, Copy)]
pub(crate) enum Width {
    Widest,
    Avx2,
    One,
}

#[cfg(test)]
thread_local! {
    /// What kernels on this thread run on.
    pub(crate) static WIDTH: std::cell::Cell<Width> = const { std::cell::Cell::new(Width::Widest) };
}

/// Whether the processor has the vector instructions that the kernels need: AVX2 with fused
/// multiply-add or AVX-512 on x86, NEON on ARM, `simd128` in WebAssembly. Elsewhere the
/// [reference](crate::reference) runs.
pub fn available() -> bool {
    match Arch::new() {
        Arch::Scalar => avx2().is_some(),
        _ => true,
    }
}

/// Runs a kernel, compiled for the widest vectors.
pub(crate) fn dispatch<Kernel: WithSimd>(kernel: Kernel) -> Kernel::Output {
    #[cfg(test)]
    match (WIDTH.get(), avx2()) {
        (Width::One, _) => return Simd::vectorize(Scalar, kernel),
        (Width::Avx2, Some(simd)) => return Simd::vectorize(simd, kernel),
        _ => {}
    }
    match (Arch::new(), avx2()) {
        (Arch::Scalar, Some(simd)) => Simd::vectorize(simd, kernel),
        (Arch::Scalar, None) => Simd::vectorize(Scalar, kernel),
        (arch, _) => arch.dispatch(kernel),
    }
}

/// AVX2 with fused multiply-add. pulp's own choice knows it only with a feature that the crates
/// below do not ask for.
#[cfg(target_arch = "x86_64")]
fn avx2() -> Option<pulp::x86::V3> {
    pulp::x86::V3::try_new()
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2() -> Option<Scalar> {
    None
}

/// a · b + c, rounded once. In WebAssembly, whose `simd128` has no fused multiply-add, it is rounded
/// after the product as well: its "relaxed" one rounds differently from browser to browser.
#[inline(always)]
pub(crate) fn mul_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if cfg!(target_arch = "wasm32") {
        simd.add_f32s(simd.mul_f32s(a, b), c)
    } else {
        simd.mul_add_f32s(a, b, c)
    }
}

/// How many vectors the registers hold. WebAssembly runs on whatever is there: at least 16.
#[inline(always)]
pub(crate) fn registers<S: Simd>() -> usize {
    if cfg!(target_arch = "wasm32") { 16 } else { S::REGISTER_COUNT }
}
