//! The devices that every machine has.

use std::sync::OnceLock;

use burn::tensor::Device;

/// Both CPU backends, by name.
pub fn both() -> [(&'static str, Device); 2] {
    [("flex", Device::flex()), ("ndarray", ndarray())]
}

/// Flex, and wgpu where there is an adapter.
pub fn all() -> Vec<(&'static str, Device)> {
    // Opened once in a process.
    static WGPU: OnceLock<Option<Device>> = OnceLock::new();
    let wgpu = WGPU.get_or_init(|| match Device::wgpu_options().init() {
        Ok(device) => Some(device),
        Err(error) => {
            eprintln!("wgpu not tried, there is no GPU here: {error}");
            None
        }
    });
    [("flex", Device::flex())].into_iter().chain(wgpu.clone().map(|it| ("wgpu", it))).collect()
}

// Burn deprecates this backend, but it stays one of ours as long as the pinned version has it.
#[allow(deprecated)]
pub fn ndarray() -> Device {
    Device::ndarray()
}
