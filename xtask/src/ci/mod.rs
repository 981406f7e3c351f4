//! `cargo xtask ci`: the checks and tests, as CI runs them.

use std::path::Path;
use std::time::Instant;

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
const PARTS: [Part; 12] = [
    Part { name: "format", needs: &[Tool::Rustfmt], run: format },
    Part { name: "tests", needs: &[Tool::Vulkan], run: tests },
    Part { name: "readers of data", needs: &[], run: fuzz::briefly },
    Part { name: "lints", needs: &[Tool::Clippy], run: lints },
    Part { name: "documentation", needs: &[], run: publishing::documentation },
    Part { name: "packages", needs: &[], run: publishing::packages },
    Part { name: "preset tables", needs: &[], run: presets::check },
    Part { name: "browser lab", needs: &[Tool::WasmTarget], run: browser_lab },
    Part { name: "programs", needs: &[], run: programs },
    Part { name: "pages", needs: &[Tool::Node, Tool::Chromium], run: pages },
    Part {
        name: "other tools",
        needs: &[Tool::Python, Tool::OnnxRuntimeWeb],
        run: other_tools::check,
    },
    // The last, since it builds the program with one more feature.
    Part { name: "several processes", needs: &[Tool::OpenMpi], run: distributed::check },
];

/// What takes long and rarely breaks: `--all` runs it too, as before a release.
const SLOW_PARTS: [Part; 6] = [
    Part { name: "licences", needs: &[Tool::CargoDeny], run: publishing::licences },
    Part { name: "features", needs: &[], run: features },
    Part { name: "programs on a GPU", needs: &[Tool::Vulkan], run: gpu_programs },
    Part { name: "Windows", needs: &[Tool::WindowsTarget], run: windows },
    Part { name: "vulkan", needs: &[], run: vulkan },
    Part {
        name: "browser lab in a browser",
        needs: &[Tool::WasmTarget, Tool::Node, Tool::Chromium],
        run: browser_lab_in_a_browser,
    },
];

/// What of it is run.
pub struct Which<'a> {
    /// The slow parts, too.
    pub all: bool,
    /// The part of this name alone, slow or not.
    pub only: Option<&'a str>,
}

/// Runs the parts. One whose tool is missing is left out, and named at the end with the line that
/// installs it; with `install`, what is missing is installed first.
pub fn ci(install: bool, which: &Which) -> Outcome {
    let slow = if which.all || which.only.is_some() { &SLOW_PARTS[..] } else { &[] };
    let is_chosen = |part: &&Part| which.only.is_none_or(|only| only == part.name);
    let parts: Vec<&Part> = PARTS.iter().chain(slow).filter(is_chosen).collect();
    if let (Some(only), true) = (which.only, parts.is_empty()) {
        let names: Vec<&str> = PARTS.iter().chain(slow).map(|part| part.name).collect();
        let names = names.join(", ");
        return Err(format!("there is no part {only}, only {names}"));
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
                let begin = Instant::now();
                run().map_err(|problem| format!("{name}: {problem}"))?;
                eprintln!("▸ {name}: done in {} s", begin.elapsed().as_secs());
            }
        }
    }
    if left_out.is_empty() {
        println!("xtask ci: all checks passed");
        if slow.is_empty() {
            let names = SLOW_PARTS.map(|part| part.name).join(", ");
            println!("what takes longest is run by cargo xtask ci --all: {names}");
        }
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

/// The program compiles without what can be left out.
fn features() -> Outcome {
    cargo(&["check", "-p", "gan-cli", "--no-default-features", "--locked"])
}

/// And with what can be added. Not cuda: its build downloads a compiler.
fn vulkan() -> Outcome {
    cargo(&["check", "-p", "gan-cli", "--features", "vulkan", "--locked"])
}

/// The browser lab compiles for the browser.
fn browser_lab() -> Outcome {
    cargo(&["check", "-p", "gan-web", "--lib", "--target", "wasm32-unknown-unknown", "--locked"])
}

fn browser_lab_in_a_browser() -> Outcome {
    web::web(&web::Then { serve: None, check: true })
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
    std::fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    run(program("gan"), &["backends"], &scratch)?;
    let training = ["--backend", "wgpu", "--steps", "10", "--report-every", "5"];
    run(
        program("gan"),
        &[&training, ["--outdir", "gpu-runs"].as_slice()].concat(),
        Path::new(&scratch),
    )
}
