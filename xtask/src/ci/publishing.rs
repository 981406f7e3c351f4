//! What stands between the crates and whoever depends on them: documentation, licences, packages.

use crate::{Outcome, cargo, cargo_with, run, succeeds, target_dir};

/// Every link in the documentation leads somewhere.
pub fn documentation() -> Outcome {
    let strict = [("RUSTDOCFLAGS", "-D warnings")];
    cargo_with(&["doc", "--workspace", "--no-deps", "--locked"], &strict)
}

/// Dependencies have the licences that `deny.toml` allows, and come from where it allows. Known
/// vulnerabilities are looked up by the workflow in .github, since their list is elsewhere.
pub fn licences() -> Outcome {
    let program = target_dir().join("tools/bin/cargo-deny");
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    run(program, &["check", "bans", "licenses", "sources"], repository.as_ref())
}

/// Every crate that others can depend on packs as a registry wants it.
pub fn packages() -> Outcome {
    // The workspace itself is built by the other parts.
    let args = ["publish", "--workspace", "--dry-run", "--no-verify", "--allow-dirty", "--locked"];
    cargo(&args)
}

pub fn cargo_deny_is_here() -> bool {
    succeeds(&target_dir().join("tools/bin/cargo-deny").to_string_lossy(), &["--version"])
}

/// Into the target folder.
pub fn install_cargo_deny() -> Outcome {
    let root = target_dir().join("tools");
    cargo(&["install", "cargo-deny", "--locked", "--root", &root.to_string_lossy()])
}
