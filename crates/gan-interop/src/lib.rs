//! Generators and discriminators for other tools, and generators from them: ONNX out, PyTorch in
//! and out, NumPy out.
//!
//! A network is described once, as a chain of standard layers with its tensors in PyTorch's layout;
//! ONNX files, state dicts, PyTorch modules and imports all follow from that description.
//!
//! ```no_run
//! use gan_interop::{ImportOptions, Network, import_generator};
//! use gan_model::Snapshot;
//!
//! # fn convert(device: &burn::tensor::Device) -> Result<(), Box<dyn std::error::Error>> {
//! // Out: one file for onnxruntime, Netron, a browser.
//! let snapshot = Snapshot::open("snapshot-060000.safetensors")?;
//! let generator = snapshot.generator(device)?;
//! let network = Network::generator(&snapshot.info().generator, &generator, []);
//! std::fs::write("generator.onnx", network.onnx())?;
//!
//! // In: a state dict of PyTorch becomes a snapshot.
//! let imported = import_generator("generator.pth".as_ref(), &ImportOptions::default())?;
//! std::fs::write("imported.safetensors", imported.snapshot("1.0", "celeba")?.as_bytes())?;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here prints, reads the environment or chooses a device; nothing in a file that is read is
//! executed.

// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod architecture;
mod error;
mod import;
mod layers;
mod network;
mod npz;
mod onnx;
mod pytorch;

pub use error::ImportError;
pub use import::{Foreign, ForeignOutput, ImportOptions, Imported, import_generator};
pub use network::Network;
pub use onnx::{AboutOnnx, OPSET, about_onnx};
