//! The public operations: the kernel where it runs, the reference elsewhere.

mod convolution;
mod layers;
mod update;

pub use convolution::{convolution, convolution_input_gradient, transposed_convolution};
pub use layers::{
    activate, batch_norm, batch_norm_among, exp, linear, linear_input_gradient, log_sigmoid,
    shares_batch_norm, squared_norms,
};
pub use update::{adam_step, blend};
