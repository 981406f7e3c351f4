//! Vector instructions: the widest that the processor has, chosen when a kernel runs.

use pulp::{Arch, Simd, WithSimd};

/// Whether the processor has vectors that the kernels pay off on; elsewhere the ordinary
/// operations run. An x86 processor without AVX2 has none: its fused multiply-add is a function.
pub(crate) fn available() -> bool {
    match Arch::new() {
        Arch::Scalar => avx2().is_some(),
        _ => true,
    }
}

/// Runs a kernel, compiled for the widest vectors.
pub(crate) fn dispatch<Kernel: WithSimd>(kernel: Kernel) -> Kernel::Output {
    match Arch::new() {
        Arch::Scalar => match avx2() {
            Some(simd) => Simd::vectorize(simd, kernel),
            None => Simd::vectorize(pulp::Scalar, kernel),
        },
        arch => arch.dispatch(kernel),
    }
}

/// AVX2 with fused multiply-add. pulp's own choice knows it only with a feature that the crates
/// below do not ask for.
#[cfg(target_arch = "x86_64")]
fn avx2() -> Option<pulp::x86::V3> {
    pulp::x86::V3::try_new()
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2() -> Option<pulp::Scalar> {
    None
}
