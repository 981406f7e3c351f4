//! `gan import`: a generator of another program as a snapshot.

use gan_interop::{Foreign, ForeignOutput, ImportError, ImportOptions, import_generator};
use gan_run::write_file;

use crate::failure::Failure;
use crate::flags::{ImportArgs, ImportNetwork, ImportOutput};
use crate::{VERSION, source, terminal};

pub fn run(args: &ImportArgs) -> Result<(), Failure> {
    let like = match &args.like {
        Some(path) => {
            let (_, snapshot) = source::open_snapshot(Some(path), path)?;
            Some(Foreign::Own(snapshot.info().generator.clone()))
        }
        None => None,
    };
    let named = args.network.map(|network| match network {
        ImportNetwork::Dcgan => Foreign::Dcgan,
        ImportNetwork::Mlp => Foreign::Mlp,
    });
    let options = ImportOptions {
        network: like.or(named),
        latents: args.latents,
        output: args.output.map(|output| match output {
            ImportOutput::Tanh => ForeignOutput::Tanh,
            ImportOutput::Sigmoid => ForeignOutput::Sigmoid,
            ImportOutput::Linear => ForeignOutput::Linear,
        }),
        activation: args.activation,
        image_shape: args.image_shape.map(|shape| shape.0),
    };
    let wrong = |error: ImportError| {
        let failure = Failure::new(format!("{}: {error}", args.file.display()));
        match error {
            ImportError::UnknownNetwork => failure.hint("--as dcgan, --as mlp or --like SNAPSHOT"),
            ImportError::Tensors { .. } => failure.hint("is --as the right network?"),
            _ => failure,
        }
    };
    let imported = import_generator(&args.file, &options).map_err(wrong)?;
    for note in &imported.notes {
        terminal::say(format!("note: {note}"));
    }
    let snapshot = imported
        .snapshot(VERSION, &args.data)
        .map_err(|error| Failure::new(format!("{}: {error}", args.file.display())))?;
    write_file(&args.out, snapshot.as_bytes())?;
    Ok(terminal::print(args.out.display())?)
}
