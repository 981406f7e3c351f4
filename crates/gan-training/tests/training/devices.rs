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
///
/// `GAN_REQUIRE_GPU=1` makes it a failure that there is none: a test that is not run proves nothing.
pub fn wgpu() -> Option<Device> {
    static DEVICE: OnceLock<Option<Device>> = OnceLock::new();
    let device = DEVICE.get_or_init(|| {
        let opened = Device::wgpu_options().init();
        let required = std::env::var("GAN_REQUIRE_GPU").is_ok_and(|value| value == "1");
        match opened {
            Ok(device) => Some(device),
            Err(error) if required => panic!("GAN_REQUIRE_GPU=1, but there is no adapter: {error}"),
            Err(error) => {
                eprintln!("not tested, there is no GPU here: {error}");
                None
            }
        }
    });
    device.clone()
}
