//! What the program says: results to stdout, everything else to stderr.
//!
//! Nothing here panics. A reader who has gone away (`gan info RUN | head -n 1`) has seen enough, and
//! ends neither a training nor a measurement; a full disk behind stdout is an error like any other.

pub mod capture;
mod interruption;
pub mod picture;
pub mod work;

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

pub use interruption::interruptible;
pub use work::Work;

/// Stdout does not take results, for a reason other than that its reader has gone away.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written: {0}")]
pub struct StdoutError(std::io::Error);

/// Prints `text` and a line break to stdout.
///
/// # Errors
/// If stdout cannot be written. That its reader has gone away is no error.
pub fn print(text: impl Display) -> Result<(), StdoutError> {
    let text = visible(&format!("{text}\n")).into_owned();
    if capture::stdout(&text) {
        return Ok(());
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(StdoutError(error)),
        _ => Ok(()),
    }
}

/// Prints `text` and a line break to stderr. Where nobody listens it is not said; what must be kept
/// is in a file as well.
pub fn say(text: impl Display) {
    write_to_stderr(&visible(&format!("{text}\n")));
}

/// The same of a picture of [`picture::draw`], whose colours are control sequences.
pub fn show(picture: &str) {
    write_to_stderr(&format!("{picture}\n"));
}

fn write_to_stderr(text: &str) {
    if !capture::stderr(text) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// The text with its control characters spelled out, `\u{1b}`: names of files, classes and data come from
/// elsewhere, and could move the cursor or change the title of a terminal.
fn visible(text: &str) -> Cow<'_, str> {
    let is_hidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(is_hidden) {
        return text.into();
    }
    let spelled = |c: char| match is_hidden(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    text.chars().map(spelled).collect::<String>().into()
}

/// Prints help, the version, or what is wrong with a command line, and gives the exit code.
///
/// # Errors
/// As [`print`].
pub fn usage(message: &clap::Error) -> Result<u8, StdoutError> {
    let code = u8::try_from(message.exit_code()).unwrap_or(2);
    let text = message.render().to_string();
    let is_captured = match message.use_stderr() {
        true => capture::stderr(&text),
        false => capture::stdout(&text),
    };
    let printed = if is_captured { Ok(()) } else { message.print() };
    match printed {
        Err(error) if !message.use_stderr() && error.kind() != ErrorKind::BrokenPipe => {
            Err(StdoutError(error))
        }
        _ => Ok(code),
    }
}

/// Whether stderr is a terminal that can move its cursor, so that progress can be drawn in place.
pub fn is_live() -> bool {
    let term = std::env::var("TERM").ok();
    moves_cursor(term.as_deref()) && !capture::is_on() && std::io::stderr().is_terminal()
}

/// Whether a terminal of this name can; outside of Windows, one without a name cannot.
fn moves_cursor(term: Option<&str>) -> bool {
    term.map_or(cfg!(windows), |term| !matches!(term, "" | "dumb"))
}

/// A path as a shell takes it, in quotes where it needs some.
pub fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    match shlex::try_quote(&text) {
        Ok(quoted) => quoted.into_owned(),
        Err(_) => text.into_owned(),
    }
}

/// `1 step`, `2 steps`.
pub fn count(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_elsewhere_move_no_cursor() {
        assert_eq!(visible("cat\u{1b}[2J\r\n\tdog"), "cat\\u{1b}[2J\\u{d}\n\tdog");
        assert_eq!(visible("Katzen, 猫\n"), "Katzen, 猫\n");
    }

    #[test]
    fn paths_stand_in_commands_as_a_shell_takes_them() {
        assert_eq!(quoted(Path::new("runs/00000-mlp-mnist")), "runs/00000-mlp-mnist");
        assert_eq!(quoted(Path::new("my runs/it's")), r#""my runs/it's""#);
    }

    #[cfg(unix)]
    #[test]
    fn dumb_terminals_and_those_without_a_name_get_plain_lines() {
        assert!(moves_cursor(Some("xterm-256color")));
        assert!(!moves_cursor(Some("dumb")));
        assert!(!moves_cursor(None));
    }

    #[test]
    fn one_step_is_no_steps() {
        assert_eq!(count(1, "step"), "1 step");
        assert_eq!(count(2, "step"), "2 steps");
    }
}
