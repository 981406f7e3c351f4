//! What a set is called.

use std::path::Path;

/// What a set is called after the file or folder that it came from.
pub(crate) fn set_name(path: &Path) -> String {
    let whole = path.canonicalize().ok();
    let name = whole.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let name = name.as_deref().unwrap_or("images");
    let ends = [".tar.gz", ".tgz", ".tar", ".gz", ".zip", ".npy", ".npz", ".csv", ".packed"];
    ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name).to_owned()
}
