//! The devices that every machine has.

use std::sync::OnceLock;

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

/// The GPU, or the software that stands for it, if there is any. Opened once.
pub fn wgpu() -> Option<Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let opened = Device::wgpu_options().init();
        opened.inspect_err(|error| eprintln!("not tried, there is no GPU here: {error}")).ok()
    });
    device.clone()
}
