//! The browser lab: a GAN that trains in the reader's own tab.
//!
//! [`Lab`] is a training run as a page drives it: a few steps at a time, with pictures as bytes and
//! values as JSON; [`Explorer`] draws from a snapshot that somebody opened. What JavaScript calls is in
//! `bindings`, which only the build for WebAssembly has; the page itself is in `site/`.
//!
//! It is `gan-training` and `gan-kernels` as everywhere else: the same seed starts from the same weights
//! and latents as the command line. WebAssembly rounds multiply-adds twice, so that the losses drift
//! apart in the last digits, then further, as any two machines' do.

mod alarms;
mod alone;
#[cfg(target_arch = "wasm32")]
mod bindings;
mod error;
mod explorer;
mod lab;
mod plane;
mod quality;

pub use alarms::AlarmLine;
pub use alone::{Standing, StepAlone};
pub use error::LabError;
pub use explorer::Explorer;
pub use lab::{Inspection, Lab, Verdicts};
pub use plane::{Corners, corners_of, drawn_points, synthetic_points};
pub use quality::{Judge, Quality};
