//! What can be wrong with a run folder.

use std::path::{Path, PathBuf};

/// A run folder that cannot be made, found or used.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file system refused.
    #[error("{}: {what}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no run to go on with.
    #[error("{}: no run here; expected a folder such as 00000-tutorial-mnist with a config.json", .0.display())]
    NoRun(PathBuf),
    /// Another program is training in it.
    #[error("{}: in use by another run; wait for it or stop it first", .0.display())]
    InUse(PathBuf),
    /// Its configuration is not one.
    #[error("{}: {problem}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// For `map_err`: the path and what was being done.
pub(crate) fn failed(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> RunError {
    let path = path.to_owned();
    move |source| RunError::Io { path, what, source }
}
