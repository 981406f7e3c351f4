//! `gan completions` and `gan man`: what packagers install beside the program.

use clap_mangen::Man;

use crate::failure::Failure;
use crate::flags::{self, CompletionsArgs};
use crate::terminal;

/// Prints the completions of one shell.
pub fn run(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut flags::grammar(), "gan", &mut script);
    Ok(terminal::print(String::from_utf8_lossy(&script).trim_end())?)
}

/// Prints the manual page: the program, then each of its commands.
pub fn manual() -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("the manual page: {error}"));
    let mut grammar = flags::grammar();
    grammar.build();
    let mut page = Vec::new();
    Man::new(grammar.clone()).render(&mut page).map_err(failed)?;
    add_commands(&grammar, &mut page).map_err(failed)?;
    Ok(terminal::print(String::from_utf8_lossy(&page).trim_end())?)
}

/// The commands of `parent`, each before its own.
fn add_commands(parent: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set()) {
        let man = Man::new(command.clone());
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_options_section(page)?;
        add_commands(command, page)?;
    }
    Ok(())
}
