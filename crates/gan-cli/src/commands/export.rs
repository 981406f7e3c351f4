//! `gan export`: a trained network as a file for other tools.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use gan_interop::Network;
use gan_run::{RunDir, names, write_file};
use gan_training::Trainer;
use gan_weights::sha256;

use crate::failure::{Failure, bad_snapshot};
use crate::flags::{ExportArgs, ExportFormat};
use crate::{VERSION, source, terminal};

pub fn run(args: &ExportArgs) -> Result<(), Failure> {
    let format = format(args)?;
    // Weights are only copied, which any machine does the same.
    let device = Device::flex();
    let network = match args.discriminator {
        true => discriminator(args, &device)?,
        false => generator(args, &device)?,
    };
    let mut written = vec![args.out.clone()];
    match format {
        ExportFormat::Onnx => write_file(&args.out, &network.onnx())?,
        ExportFormat::Npz => write_file(&args.out, &network.npz())?,
        ExportFormat::Pth => {
            let module = module_path(&args.out)?;
            write_file(&args.out, &network.pth())?;
            let weights = args.out.file_name().unwrap_or_default().to_string_lossy().into_owned();
            write_file(&module, network.pytorch_module(&weights).as_bytes())?;
            written.push(module);
        }
    }
    for path in written {
        terminal::print(path.display())?;
    }
    Ok(())
}

/// The format that is asked for, or that the file's name says.
fn format(args: &ExportArgs) -> Result<ExportFormat, Failure> {
    let extension = args.out.extension().map(|end| end.to_ascii_lowercase());
    match (args.format, extension.as_deref().and_then(|end| end.to_str())) {
        (Some(format), _) => Ok(format),
        (None, Some("onnx")) => Ok(ExportFormat::Onnx),
        (None, Some("pth" | "pt")) => Ok(ExportFormat::Pth),
        (None, Some("npz")) => Ok(ExportFormat::Npz),
        (None, _) => {
            Err(Failure::usage(format!("--out {}: which format is this?", args.out.display()))
                .hint("end it in .onnx, .pth or .npz, or give --format"))
        }
    }
}

fn generator(args: &ExportArgs, device: &Device) -> Result<Network, Failure> {
    let (file, snapshot) = source::open_snapshot(args.source.as_deref(), &args.outdir)?;
    let generator = snapshot.generator(device).map_err(|error| bad_snapshot(&file, &error))?;
    let software = ("Software".to_owned(), format!("gan {VERSION}"));
    let origin = snapshot.provenance().into_iter().map(|(key, value)| (key.to_owned(), value));
    let names = snapshot.info().class_names.iter();
    let names = names.map(|names| {
        let json = serde_json::to_string(names).expect("names are always JSON");
        ("class_names".to_owned(), json)
    });
    let about = [software].into_iter().chain(origin).chain(names);
    Ok(Network::generator(&snapshot.info().generator, &generator, about))
}

fn discriminator(args: &ExportArgs, device: &Device) -> Result<Network, Failure> {
    let run = match &args.source {
        None => RunDir::latest(&args.outdir)?,
        Some(path) => RunDir::open(path).map_err(|error| {
            Failure::from(error)
                .hint("--discriminator takes a run folder: a snapshot holds the generator alone")
        })?,
    };
    let file = run.file(names::CHECKPOINT);
    let wrong = |what: &dyn std::fmt::Display| Failure::new(format!("{}: {what}", file.display()));
    let bytes = std::fs::read(&file).map_err(|error| {
        wrong(&error).hint("a run has a checkpoint after --checkpoint-every steps, or when it ends")
    })?;
    let (config, step) = Trainer::describe_checkpoint(&bytes).map_err(|error| wrong(&error))?;
    let (network, discriminator) =
        Trainer::discriminator_of_checkpoint(&bytes, device).map_err(|error| wrong(&error))?;
    let about = [
        ("Software", format!("gan {VERSION}")),
        ("gan-checkpoint", sha256(&bytes)),
        ("gan-configuration", config.sha256()),
        ("gan-preset", config.preset.clone()),
        ("gan-run-seed", config.seed.to_string()),
        ("gan-step", step.to_string()),
    ];
    let about = about.map(|(key, value)| (key.to_owned(), value));
    Ok(Network::discriminator(&network, &discriminator, about))
}

/// `generator.py` beside `generator.pth`; a module's name must be one that Python can import.
fn module_path(weights: &Path) -> Result<PathBuf, Failure> {
    let stem = weights.file_stem().unwrap_or_default().to_string_lossy();
    let is_name = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    match is_name(&stem) {
        true => Ok(weights.with_extension("py")),
        false => Err(Failure::usage(format!(
            "--out {}: no module can be called {stem}",
            weights.display()
        ))
        .hint("use letters, digits and underscores, such as generator.pth")),
    }
}
