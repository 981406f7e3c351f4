//! `cargo xtask ci`: every check and test, as CI runs them.

use std::path::Path;

use crate::{
    Outcome, cargo, cargo_with, example, fuzz, presets, program, run, run_with, target_dir, web,
};

mod distributed;
mod other_tools;
mod publishing;
mod tools;

use tools::Tool;

/// A part of the checks: what it needs from the machine, and what it does.
struct Part {
    name: &'static str,
    needs: &'static [Tool],
    run: fn() -> Outcome,
}

/// In the order in which they run: what fails fast comes first.
const PARTS: [Part; 16] = [
    Part { name: "format", needs: &[Tool::Rustfmt], run: format },
    Part { name: "tests", needs: &[Tool::Vulkan], run: tests },
    Part { name: "readers of data", needs: &[], run: fuzz::briefly },
    Part { name: "lints", needs: &[Tool::Clippy], run: lints },
    Part { name: "features", needs: &[], run: features },
    Part { name: "documentation", needs: &[], run: publishing::documentation },
    Part { name: "packages", needs: &[], run: publishing::packages },
    Part { name: "licences", needs: &[Tool::CargoDeny], run: publishing::licences },
    Part { name: "preset tables", needs: &[], run: presets::check },
    Part { name: "browser build", needs: &[Tool::WasmTarget, Tool::Node], run: browser_build },
    Part { name: "Windows", needs: &[Tool::WindowsTarget], run: windows },
    Part { name: "programs", needs: &[], run: programs },
    Part { name: "pages", needs: &[Tool::Node, Tool::Chromium], run: pages },
    Part {
        name: "other tools",
        needs: &[Tool::Python, Tool::OnnxRuntimeWeb],
        run: other_tools::check,
    },
    Part { name: "programs on a GPU", needs: &[Tool::Vulkan], run: gpu_programs },
    // The last, since it builds the program with one more feature.
    Part { name: "several processes", needs: &[Tool::OpenMpi], run: distributed::check },
];

/// Runs every part. One whose tool is missing is left out, and named at the end with the line that
/// installs it; with `install`, what is missing is installed first. With `only`, the part of that name.
pub fn ci(install: bool, only: Option<&str>) -> Outcome {
    let parts: Vec<Part> =
        PARTS.into_iter().filter(|part| only.is_none_or(|only| only == part.name)).collect();
    if parts.is_empty() {
        let names = PARTS.map(|part| part.name).join(", ");
        return Err(format!("there is no part {}, only {names}", only.unwrap_or_default()));
    }
    let missing = tools::missing(parts.iter().flat_map(|part| part.needs.iter().copied()));
    if install {
        for tool in &missing {
            tool.install()?;
        }
    }
    let missing = if install { Vec::new() } else { missing };
    let mut left_out = Vec::new();
    for Part { name, needs, run } in parts {
        match needs.iter().find(|tool| missing.contains(tool)) {
            Some(tool) => left_out.push(format!("  {name}: {}", tool.remedy())),
            None => {
                eprintln!("▸ {name}");
                run().map_err(|problem| format!("{name}: {problem}"))?;
            }
        }
    }
    if left_out.is_empty() {
        println!("xtask ci: all checks passed");
        return Ok(());
    }
    let list = left_out.join("\n");
    Err(format!(
        "what ran has passed, but these parts were left out:\n{list}\nor: cargo xtask ci --install"
    ))
}

fn format() -> Outcome {
    cargo(&["fmt", "--all", "--check"])
}

/// They build the program and the examples, too. Here a missing adapter, or a processor without vectors,
/// fails the tests that would say nothing.
fn tests() -> Outcome {
    let required = [("GAN_REQUIRE_GPU", "1"), ("GAN_REQUIRE_SIMD", "1")];
    cargo_with(&["test", "--workspace", "--locked"], &required)
}

fn lints() -> Outcome {
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

/// What the default build leaves out still compiles. Not cuda: its build downloads a compiler.
fn features() -> Outcome {
    cargo(&["check", "-p", "gan-cli", "--features", "vulkan", "--locked"])?;
    cargo(&["check", "-p", "gan-cli", "--no-default-features", "--locked"])
}

/// The browser lab, built for the browser; `cargo xtask web --check` tests it in one, for many minutes.
fn browser_build() -> Outcome {
    web::web(&web::Then { serve: None, check: false })
}

/// The program compiles for Windows. macOS takes a C compiler for it, which other systems rarely have.
fn windows() -> Outcome {
    let target = ["--target", "x86_64-pc-windows-gnu", "--no-default-features", "--locked"];
    cargo(&[&["check", "-p", "gan-cli"], target.as_slice()].concat())
}

/// The programs as people run them, in an empty folder.
fn programs() -> Outcome {
    let scratch = target_dir().join("xtask-ci");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    for name in ["train-mnist", "own-generator", "own-loss"] {
        run(example(name), &[], &scratch)?;
    }
    for name in ["sample-from-snapshot", "interpolate"] {
        run(example(name), &["train-mnist.safetensors"], &scratch)?;
    }
    run(program("gan"), &["--steps", "300", "--report-every", "100", "--tensorboard"], &scratch)?;
    run(program("gan"), &["sample", "--seeds", "0-15"], &scratch)?;
    run(program("gan"), &["info", "samples.png"], &scratch)
}

/// Reports and the live page in a real browser.
fn pages() -> Outcome {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/browser"));
    run("npm".into(), &["ci", "--no-audit", "--no-fund", "--silent"], folder)?;
    let gan = program("gan").display().to_string();
    run_with("node".into(), &["run.mjs"], folder, &[("GAN", &gan)])
}

/// The backends, and a short training on the GPU that is here (in CI Mesa's software Vulkan).
fn gpu_programs() -> Outcome {
    let scratch = target_dir().join("xtask-ci");
    run(program("gan"), &["backends"], &scratch)?;
    let training = ["--backend", "wgpu", "--steps", "10", "--report-every", "5"];
    run(
        program("gan"),
        &[&training, ["--outdir", "gpu-runs"].as_slice()].concat(),
        Path::new(&scratch),
    )
}
