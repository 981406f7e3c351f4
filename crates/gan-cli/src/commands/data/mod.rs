//! `gan data …`: a file for each of its commands.

use crate::failure::Failure;
use crate::flags::DataCommand;

mod fetch;
mod inspect;
mod pack;
mod synth;

pub fn run(command: &DataCommand) -> Result<(), Failure> {
    match command {
        DataCommand::Synth(args) => synth::run(args),
        DataCommand::Inspect(args) => inspect::run(args),
        DataCommand::Pack(args) => pack::run(args),
        DataCommand::Fetch(args) => fetch::run(args),
    }
}
