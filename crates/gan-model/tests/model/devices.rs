//! The devices that every machine has.

use burn::tensor::Device;

/// Both CPU backends, by name.
pub fn both() -> [(&'static str, Device); 2] {
    [("flex", Device::flex()), ("ndarray", ndarray())]
}

// Burn deprecates this backend, but it stays one of ours as long as the pinned version has it.
#[allow(deprecated)]
pub fn ndarray() -> Device {
    Device::ndarray()
}
