//! `gan interpolate`: walks through latents or classes, as an animation.

use gan_data::picture::{self, Animation, Timing};
use gan_model::{Sampler, Snapshot};

use crate::VERSION;
use crate::failure::{Failure, bad_snapshot};
use crate::flags::{GridShape, InterpolateArgs};
use crate::sampling::animation_file::{self, Kind};
use crate::sampling::class_names::{self, ClassNames};
use crate::sampling::latents::Latents;
use crate::sampling::run_picture;
use crate::sampling::walk::Walk;
use crate::terminal::{Work, interruptible};
use crate::{machine, source, terminal};

/// Frames a second, and from one stop to the next.
const FPS: f64 = 24.0;
const FRAMES: usize = 24;
/// Seeds that are walked through.
const SEEDS: u64 = 8;

pub fn run(args: &InterpolateArgs) -> Result<(), Failure> {
    let fps = args.speed.fps.unwrap_or(FPS);
    let kind = Kind::of(&args.out, fps)?;
    machine::set_threads(args.drawing.run.threads);
    let (file, snapshot) = source::open_snapshot(args.source.as_deref(), &args.drawing.run.outdir)?;
    let shape = snapshot.info().generator.image_shape();
    run_picture::refuse_points(shape, "an animation")?;
    let device = args.drawing.backend.open()?;
    let sampler =
        Sampler::from_snapshot(&snapshot, &device).map_err(|error| bad_snapshot(&file, &error))?;
    let grid = args.grid.unwrap_or(GridShape { columns: 1, rows: 1 });
    let asked = class_names::asked(args.class.as_deref(), snapshot.info())?;
    let latents = latents(args, asked.as_deref(), grid, &sampler)?;
    let walk = walk(args, asked.as_deref(), grid, &latents, &sampler)?;
    let frames = match args.speed.seconds {
        Some(seconds) => ((seconds * fps / walk.legs() as f64).round() as usize).max(1),
        None => args.frames.unwrap_or(FRAMES),
    };
    let count = walk.frame_count(frames)?;
    let scale = args.scale.unwrap_or_else(|| run_picture::scale_of(grid.columns * shape[2]));
    let [_, height, width] = shape;
    animation_file::check_size(grid.columns * width * scale, grid.rows * height * scale)?;

    let text = text(args, &snapshot, asked.as_deref(), &latents, frames, fps);
    let timing = Timing { fps, rest: 0.0 };
    let work = Work::begin("drawing");
    work.stage("frames", count as u64);
    let images = walk.images(&latents, &sampler, frames, args.truncation);
    let pictures = images.map(|images| {
        work.advance(1);
        Ok(picture::grid(images?, grid.columns).enlarged(scale))
    });
    let animation = Animation { frames: count, timing, text: &text };
    animation_file::write(kind, &args.out, &animation, interruptible(&args.out, pictures))?;
    drop(work);
    Ok(terminal::print(args.out.display())?)
}

fn latents(
    args: &InterpolateArgs,
    asked: Option<&[usize]>,
    grid: GridShape,
    sampler: &Sampler,
) -> Result<Latents, Failure> {
    if let Some(path) = &args.latents {
        return Latents::read(path, sampler);
    }
    let is_sweep = asked.is_some_and(|classes| classes.len() > 1);
    let default = if is_sweep { (grid.columns * grid.rows) as u64 } else { SEEDS };
    let seeds = args.seeds.as_ref().map(|seeds| seeds.0.clone());
    Ok(Latents::Seeds(seeds.unwrap_or_else(|| (0..default).collect())))
}

fn walk(
    args: &InterpolateArgs,
    asked: Option<&[usize]>,
    grid: GridShape,
    latents: &Latents,
    sampler: &Sampler,
) -> Result<Walk, Failure> {
    if !args.truncation.is_finite() {
        return Err(Failure::usage("--truncation must be a number, such as 0.7"));
    }
    let cells = grid.columns * grid.rows;
    let through = || Walk::through_latents(latents, cells, None, args.is_loop);
    match (asked, sampler.class_count()) {
        (Some(&[class]), _) => Ok(through()?.with_classes(|_| class)),
        (Some(classes), _) => match latents.len() > cells {
            true => Err(Failure::usage(format!(
                "{} latents for {cells} cells: each cell keeps one while its class changes",
                latents.len()
            ))
            .hint("fewer --seeds, a larger --grid, or one --class to walk through seeds")),
            false => Ok(Walk::through_classes(latents, cells, classes, args.is_loop)),
        },
        (None, Some(classes)) => {
            Ok(through()?.with_classes(|latent| latents.class(latent, classes)))
        }
        (None, None) => through(),
    }
}

fn text(
    args: &InterpolateArgs,
    snapshot: &Snapshot,
    asked: Option<&[usize]>,
    latents: &Latents,
    frames: usize,
    fps: f64,
) -> Vec<(&'static str, String)> {
    let mut text = vec![("Software", format!("gan {VERSION}"))];
    text.extend(snapshot.provenance());
    text.push(latents.origin());
    if let Some((names, asked)) = ClassNames::of(snapshot.info()).zip(asked) {
        text.push(("gan-classes", names.text(asked)));
    }
    if let Some(GridShape { columns, rows }) = args.grid {
        text.push(("gan-grid", format!("{columns}x{rows}")));
    }
    text.extend([
        ("gan-frames", frames.to_string()),
        ("gan-fps", fps.to_string()),
        ("gan-loop", args.is_loop.to_string()),
        ("gan-truncation", args.truncation.to_string()),
        ("gan-backend", args.drawing.backend.name().to_owned()),
    ]);
    text
}
