//! `gan animate`: the samples of a run over its training, from the pictures that it kept.

use std::path::{Path, PathBuf};

use gan_data::picture::{Animation, Picture, Timing, decode_png};
use gan_run::RunDir;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::failure::Failure;
use crate::flags::AnimateArgs;
use crate::sampling::animation_file::{self, Kind};
use crate::terminal::{self, Work, interruptible};
use crate::{VERSION, machine};

/// Frames a second.
const FPS: f64 = 8.0;
/// Seconds that the last frame stays.
const REST: f64 = 2.0;

pub fn run(args: &AnimateArgs) -> Result<(), Failure> {
    machine::set_threads(args.latest.threads);
    let run = match &args.run {
        Some(path) => RunDir::open(path)?,
        None => RunDir::latest(&args.latest.outdir)?,
    };
    let files = run.fakes();
    let ([(first, path), ..], Some((last, _))) = (files.as_slice(), files.last()) else {
        return Err(Failure::new(format!("{}: no pictures in this run", run.path().display()))
            .hint(
                "a run keeps one after every --samples-every steps, and when it begins and ends",
            ));
    };
    if files.len() == 1 {
        return Err(Failure::new(format!(
            "{}: one picture, of step {first}: the animation would stand still",
            run.path().display()
        ))
        .hint("a run keeps more of them with a smaller --samples-every"));
    }
    let fps = match (args.speed.fps, args.speed.seconds) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage(
                "--fps and --seconds: the pictures are as many as the run kept",
            )
            .hint("give one of the two"));
        }
        (Some(fps), None) => fps,
        (None, Some(seconds)) => files.len() as f64 / seconds,
        (None, None) => FPS,
    };
    let kind = Kind::of(&args.out, fps)?;
    let one = read(path)?;
    animation_file::check_size(one.width * args.scale, one.height * args.scale)?;
    let config = run.config()?;
    let text = [
        ("Software", format!("gan {VERSION}")),
        ("gan-run", run.name()),
        ("gan-configuration", config.training.sha256()),
        ("gan-data", config.data.name.clone()),
        ("gan-run-seed", config.training.seed.to_string()),
        ("gan-steps", format!("{first}-{last}")),
        ("gan-fps", fps.to_string()),
    ];
    let work = Work::begin("reading pictures");
    work.stage("frames", files.len() as u64);
    // Some are read at a time, each by a thread.
    let together = rayon::current_num_threads();
    let read = |(_, path): &(u64, PathBuf)| Ok(read(path)?.enlarged(args.scale));
    let pictures = files.chunks(together).flat_map(|files| {
        work.advance(files.len() as u64);
        files.par_iter().map(read).collect::<Vec<_>>()
    });
    let timing = Timing { fps, rest: REST };
    let animation = Animation { frames: files.len(), timing, text: &text };
    animation_file::write(kind, &args.out, &animation, interruptible(&args.out, pictures))?;
    drop(work);
    Ok(terminal::print(args.out.display())?)
}

fn read(path: &Path) -> Result<Picture, Failure> {
    let wrong = |error: String| Failure::new(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    decode_png(&bytes).map_err(|error| wrong(error.to_string()))
}
