//! Hints for flags that `gan` does not have.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What other programs call it, and what it is called here.
const OTHER_NAMES: [(&str, &str); 31] = [
    ("--batch", "--batch-size"),
    ("--bs", "--batch-size"),
    ("--cond", "--conditional"),
    ("--dataroot", "--data"),
    ("--dataroot", "--real"),
    ("--dataset", "--data"),
    ("--dataset", "--real"),
    ("--device", "--backend"),
    ("--ema", "--ema-half-life"),
    ("--epochs", "--steps"),
    ("--gamma", "--r1-gamma"),
    ("--gp-weight", "--gradient-penalty-weight"),
    ("--gradient-clip", "--max-grad-norm"),
    ("--iterations", "--steps"),
    ("--kimg", "--steps"),
    ("--lr", "--learning-rate"),
    ("--manual-seed", "--seed"),
    ("--max-steps", "--steps"),
    ("--metrics", "--metric"),
    ("--n-critic", "--d-steps"),
    ("--niter", "--steps"),
    ("--nz", "--latent-dim"),
    ("--out", "--outdir"),
    ("--outf", "--outdir"),
    ("--output-dir", "--outdir"),
    ("--outputdir", "--outdir"),
    ("--save-every", "--snapshot-every"),
    ("--snap", "--snapshot-every"),
    ("--trunc", "--truncation"),
    ("--workers", "--threads"),
    ("--z-dim", "--latent-dim"),
];

/// An unknown flag of `command` gets the hint that people of other programs need; a suggestion that only
/// looks alike (`--patch` for `--epochs`) is none.
pub fn improve(mut error: clap::Error, command: &Command) -> clap::Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let text = |error: &clap::Error, kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let Some(unknown) = text(&error, ContextKind::InvalidArg) else { return error };
    let is_here =
        |flag: &str| command.get_arguments().any(|arg| arg.get_long() == flag.strip_prefix("--"));
    let known = OTHER_NAMES.iter().find(|(other, ours)| *other == unknown && is_here(ours));
    let looks_alike = text(&error, ContextKind::SuggestedArg)
        .is_some_and(|suggested| suggested.as_bytes().get(..4) == unknown.as_bytes().get(..4));
    if let Some((_, ours)) = known {
        error.insert(ContextKind::SuggestedArg, ContextValue::String((*ours).to_owned()));
    } else if !looks_alike {
        error.remove(ContextKind::SuggestedArg);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::OTHER_NAMES;
    use crate::flags::grammar;

    #[test]
    fn a_hint_is_a_flag_of_the_command_that_was_asked() {
        let told = |line: &str| match crate::flags::parse(line.split(' ').map(Into::into)) {
            Ok(_) => panic!("{line} is understood"),
            Err(error) => error.to_string(),
        };
        assert!(told("gan --dataset x").contains("'--data'"));
        assert!(told("gan evaluate --dataset x").contains("'--real'"));
        assert!(told("gan --out x").contains("'--outdir'"));
        assert!(told("gan --epochs 3").contains("'--steps'"));
        assert!(!told("gan sample --epochs 3").contains("--steps"));
    }

    #[test]
    fn every_hint_names_a_flag_that_exists() {
        let mut grammar = grammar();
        grammar.build();
        let commands = std::iter::once(&grammar).chain(grammar.get_subcommands());
        let flags: Vec<String> = commands
            .flat_map(clap::Command::get_arguments)
            .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
            .collect();
        for (other, ours) in OTHER_NAMES {
            assert!(flags.iter().any(|flag| flag == ours), "{ours}");
            let is_ours =
                grammar.get_arguments().any(|arg| arg.get_long() == other.strip_prefix("--"));
            assert!(!is_ours, "{other} is a flag of training itself");
        }
    }
}
