//! `gan project`: the latents whose pictures are nearest to given ones.

use std::path::{Path, PathBuf};

use burn::tensor::Tensor;
use gan_data::numpy;
use gan_data::picture::{self, Animation, AnimationKind, Picture, Timing};
use gan_evaluation::ExtractorChoice;
use gan_run::{NewFile, RunDir, names, write_file};
use gan_weights::sha256;

use crate::VERSION;
use crate::failure::Failure;
use crate::flags::ProjectArgs;
use crate::sampling::animation_file::{self, Kind};
use crate::sampling::class_names;
use crate::sampling::projection::{Found, Projector, Search};
use crate::sampling::{origin, run_picture};
use crate::terminal::{self, Work, interruptible};
use crate::{machine, source};

mod reals;
mod targets;

use reals::{Distances, Reals};

/// Frames of the animation, about, and how many are shown a second.
const FRAMES: usize = 60;
const FPS: f64 = 15.0;

pub fn run(args: &ProjectArgs) -> Result<(), Failure> {
    machine::set_threads(args.drawing.run.threads);
    let (pictures, source) = told_apart(&args.paths);
    if pictures.is_empty() {
        return Err(Failure::usage("no picture is given, only what to search in")
            .hint("gan project PICTURE.png RUN"));
    }
    let [picture_file, animation_file] = outputs(&args.out, pictures)?;
    let (file, snapshot) = source::open_snapshot(source, &args.drawing.run.outdir)?;
    let shape = snapshot.info().generator.image_shape();
    run_picture::refuse_points(shape, "a projection")?;
    let class = match class_names::asked(args.class.as_deref(), snapshot.info())?.as_deref() {
        None => None,
        Some(&[class]) => Some(class),
        Some(several) => {
            return Err(Failure::usage(format!(
                "--class: {} classes; pictures are drawn as one",
                several.len()
            )));
        }
    };
    let run = RunDir::holding(&file);
    let reals = reals::open(args, run.as_ref())?;
    let targets = targets::open(pictures, shape, run.as_ref())?;
    let device = args.drawing.backend.open()?;
    let projector = Projector::new(&snapshot, &file, &device, |device| {
        let choice = ExtractorChoice { name: args.extractor.clone(), inception_weights: None };
        // The data says better than a few pictures what fits them.
        Ok(choice.open(reals.as_ref().unwrap_or(&targets.set), device)?)
    })?;
    let steps = args.steps as usize;
    let search = Search {
        starts: usize::from(args.starts),
        steps,
        class,
        keep_every: steps.div_ceil(FRAMES),
    };
    let reals = reals.map(|set| Reals::new(set, args, &snapshot, &projector)).transpose()?;

    let work = Work::begin("searching");
    let searches = if reals.as_ref().is_some_and(|reals| !reals.are_known()) { 2 } else { 1 };
    work.stage("steps", u64::from(args.steps) * searches);
    let targets_images = targets.images(&device)?;
    let found = projector.search(&targets_images, &search, || work.advance(1))?;
    let beside = reals.map(|reals| reals.distances(&projector, &search, || work.advance(1)));
    let beside = beside.transpose()?;
    drop(work);

    let latents_sha256 = write_latents(&args.out, &found)?;
    let mut text = vec![("Software", format!("gan {VERSION}"))];
    text.extend(snapshot.provenance());
    text.push(("gan-pictures", targets.names.join(", ")));
    if let Some(classes) = &found.classes {
        let classes: Vec<String> = classes.iter().map(usize::to_string).collect();
        text.push(("gan-classes", classes.join(",")));
    }
    text.push((origin::LATENTS_SHA256, latents_sha256));
    let grid = side_by_side(&projector, &targets_images, &found);
    write_file(&picture_file, &picture::encode_png(&grid, &text)?)?;
    write_way(&animation_file, &projector, &targets_images, &found, &text)?;
    terminal::print(table(&targets.names, &found, beside))?;
    terminal::say(format!(
        "latents: {}; given, found, difference: {}; the search: {}",
        args.out.display(),
        picture_file.display(),
        animation_file.display()
    ));
    let source = source.map_or_else(String::new, |path| format!("{} ", terminal::quoted(path)));
    let latents = terminal::quoted(&args.out);
    // Where they differ, --class would draw each latent as all of them.
    let class = found.classes.as_deref().filter(|all| all.iter().all(|class| *class == all[0]));
    let class = class.map_or_else(String::new, |all| format!(" --class {}", all[0]));
    terminal::say(format!("draw them: gan sample {source}--latents {latents}{class}"));
    Ok(())
}

/// The files beside the latents: picture and animation. Refuses what would replace a picture that is given
/// or a run's own, and what cannot be written, before anything is searched for.
fn outputs(out: &Path, pictures: &[PathBuf]) -> Result<[PathBuf; 2], Failure> {
    if out.extension().is_none_or(|end| end != "npy") {
        return Err(Failure::usage(format!("--out is {}", out.display()))
            .hint("end it in .npy, for the latents; a picture and an animation stand beside it"));
    }
    let beside = ["png", "gif"].map(|end| out.with_extension(end));
    let place = |path: &Path| path.canonicalize().ok();
    for file in &beside {
        let is_given = pictures.iter().any(|it| place(it).is_some() && place(it) == place(file));
        let name = file.file_name().and_then(|name| name.to_str());
        let is_of_run = RunDir::holding(file).is_some() && name.is_some_and(names::is_picture);
        if is_given || is_of_run {
            return Err(Failure::usage(format!(
                "--out {}: {} would be written, which is {}",
                out.display(),
                file.display(),
                if is_given { "a picture to search for" } else { "a picture of the run" }
            ))
            .hint("another --out"));
        }
    }
    // Gone again at once: whether there is a place for it.
    drop(NewFile::create(out)?);
    Ok(beside)
}

/// The pictures, and the run or snapshot behind them.
fn told_apart(paths: &[PathBuf]) -> (&[PathBuf], Option<&Path>) {
    match paths.split_last() {
        Some((last, pictures)) => {
            let is_snapshot = last.extension().is_some_and(|end| end == "safetensors");
            match is_snapshot || RunDir::open(last).is_ok() {
                true => (pictures, Some(last)),
                false => (paths, None),
            }
        }
        None => (paths, None),
    }
}

/// Gives the SHA-256 of the file.
fn write_latents(path: &Path, found: &Found) -> Result<String, Failure> {
    let sides = found.latents.dims().map(|side| side as u64);
    let values: Vec<f32> = found.latents.clone().into_data().iter::<f32>().collect();
    let bytes = numpy::npy(&sides, &values)?;
    write_file(path, &bytes)?;
    Ok(sha256(&bytes))
}

/// Given above found above their difference.
fn side_by_side(projector: &Projector, targets: &Tensor<4>, found: &Found) -> Picture {
    let images = projector.images(found.latents.clone(), found.classes.as_deref());
    let difference = (images.clone() - targets.clone()).abs();
    let all = Tensor::cat(vec![targets.clone(), images, difference], 0);
    run_picture::enlarged(&picture::grid(all, targets.dims()[0]))
}

/// Given above what is drawn on the way.
fn write_way(
    path: &Path,
    projector: &Projector,
    targets: &Tensor<4>,
    found: &Found,
    text: &[(&str, String)],
) -> Result<(), Failure> {
    let frames = found.way.iter().map(|latents| {
        let images = projector.images(latents.clone(), found.classes.as_deref());
        let both = Tensor::cat(vec![targets.clone(), images], 0);
        Ok(run_picture::enlarged(&picture::grid(both, targets.dims()[0])))
    });
    let timing = Timing { fps: FPS, rest: 2.0 };
    let animation = Animation { frames: found.way.len(), timing, text };
    animation_file::write(
        Kind::Own(AnimationKind::Gif),
        path,
        &animation,
        interruptible(path, frames),
    )
}

fn table(names: &[String], found: &Found, beside: Option<Distances>) -> String {
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(30);
    let class = |index: usize| {
        let class = found.classes.as_ref().map(|classes| classes[index]);
        class.map_or_else(String::new, |class| format!("  class {class}"))
    };
    let mut lines =
        vec![format!("{:<width$}  {:>14}  {:>16}", "", "pixel distance", "feature distance")];
    for (index, name) in names.iter().enumerate() {
        let (pixel, feature) = (found.pixel_distances[index], found.feature_distances[index]);
        lines.push(format!("{name:<width$}  {pixel:>14.4}  {feature:>16.4}{}", class(index)));
    }
    if let Some(Distances { what, pixel, feature }) = beside {
        lines.push(format!("{what:<width$}  {pixel:>14.4}  {feature:>16.4}"));
    }
    lines.join("\n")
}
