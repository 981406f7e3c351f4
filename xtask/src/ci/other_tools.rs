//! What other programs make of our files: onnxruntime, PyTorch, NumPy, torch-fidelity, TensorBoard,
//! onnxruntime-web.

use std::path::{Path, PathBuf};

use crate::{Outcome, cargo_with, program, run, succeeds, target_dir};

/// Every network in onnxruntime, after onnxsim, in PyTorch and in NumPy; then the programs of
/// docs/interop.md on the run that the part before trained.
pub fn check() -> Outcome {
    let cases = target_dir().join("xtask-cases");
    let _ = std::fs::remove_dir_all(&cases);
    let folder = cases.display().to_string();
    let test = ["test", "--workspace", "--test", "interop", "--locked", "every_network_is_written"];
    cargo_with(&test, &[("GAN_INTEROP_CASES", &folder)])?;
    python(&["crates/gan-interop/tests/python/check.py", &folder], Path::new("."))?;

    let scratch = target_dir().join("xtask-ci");
    let programs = std::path::absolute("docs/programs").map_err(|error| error.to_string())?;
    let program_at = |name: &str| programs.join(name).display().to_string();
    let snapshot = "runs/00000-tutorial-mnist/snapshot-000300.safetensors";
    let gan = |args: &[&str]| run(program("gan"), args, &scratch);
    gan(&["export", snapshot, "--out", "generator.onnx"])?;
    gan(&["export", snapshot, "--out", "generator.pth"])?;
    gan(&["import", "generator.pth", "--out", "imported.safetensors"])?;
    gan(&["sample", "imported.safetensors", "--out", "imported.png"])?;
    gan(&["reproduce", "samples.png"])?;
    gan(&["sample", snapshot, "--seeds", "0-63", "--out", "pictures"])?;
    let tests = std::path::absolute("crates/gan-cli/tests/python");
    let tests = tests.map_err(|error| error.to_string())?;
    let test_at = |name: &str| tests.join(name).display().to_string();
    python(&[&test_at("read_tensorboard.py"), "runs/00000-tutorial-mnist"], &scratch)?;
    let program = program("gan").display().to_string();
    python(&[&test_at("terminal_ui.py"), &program, "terminal"], &scratch)?;
    python(&[&program_at("read_snapshot.py"), snapshot, "images.npy"], &scratch)?;
    python(&[&program_at("score.py"), "generator.onnx", "pictures", "--pixels"], &scratch)?;

    // Node looks for packages beside the program.
    let web = node_folder().join("onnxruntime-web.mjs");
    std::fs::copy(programs.join("onnxruntime-web.mjs"), &web)
        .map_err(|error| format!("{}: {error}", web.display()))?;
    let generator = scratch.join("generator.onnx").display().to_string();
    run("node".into(), &[&web.display().to_string(), &generator], &scratch)
}

/// A virtual environment with the packages of the checks.
pub fn python_is_here() -> bool {
    let imports =
        "import onnx, onnxruntime, onnxsim, safetensors, tensorboard, torch, torch_fidelity";
    succeeds(&python_path().display().to_string(), &["-c", imports])
}

/// Makes it in the target folder.
pub fn install_python() -> Outcome {
    let folder = python_folder().display().to_string();
    run("python3".into(), &["-m", "venv", &folder], Path::new("."))?;
    let requirements = "crates/gan-interop/tests/python/requirements.txt";
    python(&["-m", "pip", "install", "--quiet", "-r", requirements], Path::new("."))
}

/// onnxruntime-web for Node.
pub fn node_is_here() -> bool {
    succeeds("node", &["--version"]) && node_folder().join("node_modules/onnxruntime-web").is_dir()
}

/// Installs it in the target folder.
pub fn install_node() -> Outcome {
    let folder = node_folder();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    run("npm".into(), &["install", "--no-audit", "--no-fund", "onnxruntime-web"], &folder)
}

fn python(args: &[&str], folder: &Path) -> Outcome {
    let python = std::path::absolute(python_path()).map_err(|error| error.to_string())?;
    run(python, args, folder)
}

fn python_path() -> PathBuf {
    python_folder().join("bin/python")
}

fn python_folder() -> PathBuf {
    target_dir().join("xtask-python")
}

fn node_folder() -> PathBuf {
    target_dir().join("xtask-node")
}
