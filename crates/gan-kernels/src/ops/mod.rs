//! The public operations: the kernel where it runs, the reference elsewhere.

mod convolution;
mod layers;
mod update;

pub use convolution::{convolution, convolution_input_gradient, transposed_convolution};
pub use layers::{
    activate, batch_norm, exp, linear, linear_input_gradient, log_sigmoid, squared_norms,
};
pub use update::{adam_step, blend};
