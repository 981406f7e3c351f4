//! What the kernels promise.

mod adam;
mod batch_norm;
mod convolution;
mod elementwise;
mod linear;
mod same_bits;
mod values;

/// Where the processor lacks the vector instructions, the kernels do not run and every comparison with
/// a reference would be of the reference with itself. `GAN_REQUIRE_SIMD=1` makes that a failure.
#[test]
fn the_kernels_run_here_where_that_is_required() {
    let required = std::env::var("GAN_REQUIRE_SIMD").is_ok_and(|value| value == "1");
    if !gan_kernels::simd_available() {
        eprintln!("no vector instructions here: the kernels are NOT tested");
        assert!(!required, "GAN_REQUIRE_SIMD=1, but this processor has no AVX2, AVX-512 or NEON");
    }
}
