//! The command that tries a cure.

use std::path::Path;

use gan_run::{Diagnosed, RunDir, names};

use crate::failure::Failure;
use crate::terminal;

/// The run again with the cure: the arguments behind `gan`. None, where the table has none left.
///
/// # Errors
/// If the configuration cannot be read.
pub fn command(run: &RunDir, diagnosed: &Diagnosed) -> Result<Option<Vec<String>>, Failure> {
    let Some(cure) = &diagnosed.cure else { return Ok(None) };
    let config = run.config()?;
    // Another preset brings its own networks and lengths: of the run remain data and seed.
    let start = match (cure.flags.contains("--preset"), &config.data.path) {
        (true, Some(path)) => vec!["--data".to_owned(), path.display().to_string()],
        (true, None) => Vec::new(),
        (false, _) => vec!["--config".to_owned(), run.file(names::CONFIG).display().to_string()],
    };
    let mut arguments = vec!["train".to_owned()];
    arguments.extend(start);
    arguments.extend(["--seed".to_owned(), config.training.seed.to_string()]);
    arguments.extend(cure.flags.split(' ').map(str::to_owned));
    Ok(Some(arguments))
}

/// `arguments` as they are typed.
pub fn shown(arguments: &[String]) -> String {
    let quoted: Vec<String> =
        arguments.iter().map(|argument| terminal::quoted(Path::new(argument))).collect();
    format!("gan {}", quoted.join(" "))
}
