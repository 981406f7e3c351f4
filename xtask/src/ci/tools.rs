//! What the checks need from the machine: how to see that it is there, and how to install it.

use std::path::Path;
use std::process::Command;

use super::{distributed, other_tools, publishing};
use crate::{Outcome, run, succeeds};

/// Something that a check needs and a bare machine with Rust may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `cargo fmt`.
    Rustfmt,
    /// `cargo clippy`.
    Clippy,
    /// What looks at the licences of dependencies.
    CargoDeny,
    /// The standard library for the browser.
    WasmTarget,
    /// The standard library for Windows, and a C compiler for it.
    WindowsTarget,
    /// Python with the packages that read our files.
    Python,
    /// onnxruntime-web for Node.
    OnnxRuntimeWeb,
    /// A Vulkan driver: that of a GPU, or Mesa's software driver in its place.
    Vulkan,
    /// The browser that opens the pages.
    Chromium,
    /// What drives the browser, and npm.
    Node,
    /// Open MPI with its headers, and the libclang that reads them.
    OpenMpi,
}

/// Those of `tools` that are not here, each once.
pub fn missing(tools: impl Iterator<Item = Tool>) -> Vec<Tool> {
    let mut missing = Vec::new();
    for tool in tools {
        if !missing.contains(&tool) && !tool.is_here() {
            missing.push(tool);
        }
    }
    missing
}

impl Tool {
    /// The line that installs it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Rustfmt => "rustup component add rustfmt",
            Self::Clippy => "rustup component add clippy",
            Self::CargoDeny => "cargo xtask ci --install, which builds it into target/",
            Self::WasmTarget => "rustup target add wasm32-unknown-unknown",
            Self::WindowsTarget => {
                "rustup target add x86_64-pc-windows-gnu, and sudo apt-get install \
                 gcc-mingw-w64-x86-64 (Debian, Ubuntu)"
            }
            Self::Python => {
                "cargo xtask ci --install, which makes a virtual environment in target/ (it takes \
                 python3 with venv)"
            }
            Self::OnnxRuntimeWeb => "cargo xtask ci --install, which takes node and npm",
            Self::Vulkan => {
                "sudo apt-get install mesa-vulkan-drivers (Debian, Ubuntu), or a driver of your GPU"
            }
            Self::Chromium => {
                "sudo apt-get install chromium (Debian), or set CHROMIUM to a browser"
            }
            Self::Node => "sudo apt-get install nodejs npm (Debian, Ubuntu), 20 or newer",
            Self::OpenMpi => {
                "sudo apt-get install libopenmpi-dev openmpi-bin libclang-dev (Debian, Ubuntu)"
            }
        }
    }

    /// Installs it: by rustup, or on Debian and Ubuntu by apt-get.
    pub fn install(self) -> Outcome {
        match self {
            Self::Rustfmt => rustup(&["component", "add", "rustfmt"]),
            Self::Clippy => rustup(&["component", "add", "clippy"]),
            Self::CargoDeny => publishing::install_cargo_deny(),
            Self::WasmTarget => rustup(&["target", "add", "wasm32-unknown-unknown"]),
            Self::WindowsTarget => {
                rustup(&["target", "add", "x86_64-pc-windows-gnu"])?;
                apt(&["gcc-mingw-w64-x86-64"])
            }
            Self::Python => with_package(
                ("python3", &["-c", "import ensurepip"]),
                "python3-venv",
                other_tools::install_python,
            ),
            Self::OnnxRuntimeWeb => {
                with_package(("npm", &["--version"]), "npm", other_tools::install_node)
            }
            Self::Vulkan => apt(&["mesa-vulkan-drivers"]),
            Self::Chromium => apt(&["chromium"]),
            Self::Node => apt(&["nodejs", "npm"]),
            Self::OpenMpi => apt(&["libopenmpi-dev", "openmpi-bin", "libclang-dev"]),
        }
        .map_err(|problem| format!("{problem}\n  install it by hand: {}", self.remedy()))
    }

    fn is_here(self) -> bool {
        match self {
            Self::Rustfmt => succeeds("cargo", &["fmt", "--version"]),
            Self::Clippy => succeeds("cargo", &["clippy", "--version"]),
            Self::CargoDeny => publishing::cargo_deny_is_here(),
            Self::WasmTarget => has_target("wasm32-unknown-unknown"),
            Self::WindowsTarget => {
                has_target("x86_64-pc-windows-gnu")
                    && succeeds("x86_64-w64-mingw32-gcc", &["--version"])
            }
            Self::Python => other_tools::python_is_here(),
            Self::OnnxRuntimeWeb => other_tools::node_is_here(),
            Self::Vulkan => ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
                .iter()
                .filter_map(|folder| std::fs::read_dir(folder).ok())
                .any(|mut drivers| drivers.next().is_some()),
            Self::Chromium => {
                let named = std::env::var_os("CHROMIUM");
                Path::new(&named.unwrap_or_else(|| "/usr/bin/chromium".into())).is_file()
            }
            Self::Node => succeeds("node", &["--version"]) && succeeds("npm", &["--version"]),
            Self::OpenMpi => distributed::openmpi_is_here(),
        }
    }
}

fn has_target(target: &str) -> bool {
    Command::new("rustc")
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .is_ok_and(|out| Path::new(String::from_utf8_lossy(&out.stdout).trim()).is_dir())
}

/// Does `install`, after the Debian package that it takes where this `(program, args)` fails.
fn with_package(
    (program, args): (&str, &[&str]),
    package: &str,
    install: fn() -> Outcome,
) -> Outcome {
    if !succeeds(program, args) {
        apt(&[package])?;
    }
    install()
}

fn rustup(args: &[&str]) -> Outcome {
    run("rustup".into(), args, Path::new("."))
}

/// Installs Debian packages, as root or through sudo.
fn apt(packages: &[&str]) -> Outcome {
    if !succeeds("apt-get", &["--version"]) {
        return Err(format!("no apt-get here to install {} with", packages.join(" ")));
    }
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let apt_get = |args: &[&str]| {
        let (program, first): (&str, &[&str]) =
            if is_root { ("apt-get", &[]) } else { ("sudo", &["apt-get"]) };
        run(program.into(), &[first, args].concat(), Path::new("."))
    };
    apt_get(&["update", "-qq"])?;
    apt_get(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}
