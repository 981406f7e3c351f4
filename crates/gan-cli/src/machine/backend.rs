//! Backends. The one file that names them.

use burn::tensor::Device;
#[cfg(feature = "vulkan")]
use burn::tensor::wgpu::WgpuBackend;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
use burn::tensor::{DeviceType, Devices};
use clap::ValueEnum;
use gan_run::RunConfig;

use crate::failure::Failure;

/// Backends to compute on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The CPU; same bits at any number of threads
    Flex,
    /// The CPU, through ndarray; slower, for comparison
    Ndarray,
    /// Any GPU, through Vulkan, Metal or DirectX
    Wgpu,
    /// Any GPU, through Vulkan's own shaders (a build with --features vulkan)
    Vulkan,
    /// Nvidia GPUs (a build with --features cuda)
    Cuda,
}

impl Backend {
    /// What it is called in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::Ndarray => "ndarray",
            Self::Wgpu => "wgpu",
            Self::Vulkan => "vulkan",
            Self::Cuda => "cuda",
        }
    }

    /// The one that `config` names.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn of(config: &RunConfig) -> Result<Self, Failure> {
        let all = Self::value_variants();
        all.iter().copied().find(|backend| backend.name() == config.backend).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|backend| backend.name()).collect();
            Failure::usage(format!(
                "backend: there is no `{}`, only {}",
                config.backend,
                names.join(", ")
            ))
        })
    }

    /// Whether this build of the program has it.
    pub fn is_compiled_in(self) -> bool {
        match self {
            Self::Flex => true,
            Self::Ndarray => cfg!(feature = "ndarray"),
            Self::Wgpu => cfg!(feature = "wgpu"),
            Self::Vulkan => cfg!(feature = "vulkan"),
            Self::Cuda => cfg!(feature = "cuda"),
        }
    }

    /// Whether it computes on the CPU, with threads of this process.
    pub fn is_cpu(self) -> bool {
        matches!(self, Self::Flex | Self::Ndarray)
    }

    /// Opens its device, and no other. Call it once in a process.
    pub fn open(self) -> Result<Device, Failure> {
        self.open_nth(0)
    }

    /// The same for the process number `index` of those on this machine: each takes a GPU of its own, as far
    /// as there are. Processors are shared.
    #[allow(unused_variables)]
    pub fn open_nth(self, index: usize) -> Result<Device, Failure> {
        if !self.is_compiled_in() {
            let name = self.name();
            return Err(Failure::usage(format!("the backend {name} is not in this build"))
                .hint(format!("build it in: cargo run -p gan-cli --features {name} -- …")));
        }
        match self {
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            Self::Ndarray => {
                // Deprecated in Burn 0.22 and gone in 0.23, which is one reason for the pin.
                #[allow(deprecated)]
                Ok(Device::ndarray())
            }
            #[cfg(feature = "wgpu")]
            Self::Wgpu if index > 0 => nth(Device::enumerate(DeviceType::Wgpu), index)
                .ok_or_else(|| no_gpu("there is none")),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu_options().init().map_err(no_gpu),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => {
                Device::wgpu_options().graphics_api(WgpuBackend::Vulkan).init().map_err(no_gpu)
            }
            #[cfg(feature = "cuda")]
            Self::Cuda => {
                // Opening CUDA without a driver panics; listing its devices does not.
                match nth(Device::enumerate(DeviceType::Cuda), index) {
                    Some(device) => Ok(device),
                    None => Err(Failure::new("the backend cuda finds no device").hint(
                        "it needs an Nvidia GPU and its driver; `gan backends` lists what is here",
                    )),
                }
            }
            #[allow(unreachable_patterns)]
            _ => unreachable!("backends that are not compiled in were refused above"),
        }
    }
}

/// One of them for the process number `index`, in turns.
#[cfg(any(feature = "wgpu", feature = "cuda"))]
fn nth(devices: Devices, index: usize) -> Option<Device> {
    let mut devices = devices.into_vec();
    (!devices.is_empty()).then(|| devices.swap_remove(index % devices.len()))
}

#[cfg(any(feature = "wgpu", feature = "vulkan"))]
fn no_gpu(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("no GPU can be opened: {error}"))
        .hint("train on the CPU with --backend flex; `gan backends` lists what is here")
}

/// The adapter or processor behind a device, as it names itself.
// Burn's devices have names only where it is built for a GPU.
#[cfg_attr(not(any(feature = "wgpu", feature = "vulkan", feature = "cuda")), allow(unused))]
pub fn device_name(backend: Backend, device: &Device) -> String {
    #[cfg(any(feature = "wgpu", feature = "vulkan", feature = "cuda"))]
    if !backend.is_cpu() {
        let identity = device.identity();
        return identity.map_or_else(|| "unnamed device".to_owned(), |identity| identity.name);
    }
    crate::machine::processor()
}
