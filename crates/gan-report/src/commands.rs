//! The exact commands that go on with a run.

use gan_run::RunDir;

/// A command and what it does.
pub struct Command {
    /// What for.
    pub purpose: &'static str,
    /// To paste into a shell.
    pub line: String,
}

/// What one does next with a run.
pub fn of(run: &RunDir) -> Vec<Command> {
    let path = run.path().canonicalize().unwrap_or_else(|_| run.path().to_owned());
    let folder = quoted(&path.to_string_lossy());
    let config = quoted(&path.join(gan_run::names::CONFIG).to_string_lossy());
    vec![
        Command { purpose: "Go on training", line: format!("gan train --resume {folder}") },
        Command { purpose: "Draw samples", line: format!("gan sample {folder} --seeds 0-63") },
        Command { purpose: "Measure it", line: format!("gan evaluate {folder}") },
        Command { purpose: "Reproduce it", line: format!("gan train --config {config}") },
    ]
}

/// `text` as one word of a POSIX shell.
///
/// ```
/// assert_eq!(gan_report::quoted("runs/00000-tutorial"), "runs/00000-tutorial");
/// assert_eq!(gan_report::quoted("it's here"), "\"it's here\"");
/// ```
pub fn quoted(text: &str) -> String {
    // No path has a NUL, the one thing that cannot be quoted.
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), |word| word.into_owned())
}
