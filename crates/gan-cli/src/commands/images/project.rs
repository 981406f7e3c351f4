//! `gan project`: the latents whose pictures are nearest to given ones.

use std::path::{Path, PathBuf};

use burn::tensor::Tensor;
use gan_data::picture::{self, Animation, AnimationKind, Picture, Timing};
use gan_data::{ImageSet, OpenOptions, numpy};
use gan_evaluation::ExtractorChoice;
use gan_run::{NewFile, RunDir, write_file};

use crate::VERSION;
use crate::failure::Failure;
use crate::flags::ProjectArgs;
use crate::sampling::animation_file::{self, Kind};
use crate::sampling::class_names;
use crate::sampling::projection::{Found, Projector, Search};
use crate::sampling::run_picture;
use crate::terminal::{self, Work};
use crate::{machine, source};

/// Pictures that are searched for at a time.
const MAX_PICTURES: usize = 64;
/// Frames of the animation, about, and how many are shown a second.
const FRAMES: usize = 60;
const FPS: f64 = 15.0;

pub fn run(args: &ProjectArgs) -> Result<(), Failure> {
    machine::set_threads(args.threads);
    let (pictures, source) = told_apart(&args.paths);
    if pictures.is_empty() {
        return Err(Failure::usage("no picture is given, only what to search in")
            .hint("gan project PICTURE.png RUN"));
    }
    let [picture_file, animation_file] = outputs(&args.out, pictures)?;
    let (file, snapshot) = source::open_snapshot(source, &args.outdir)?;
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
    let reals = reals(args, run.as_ref())?;
    let targets = open(pictures, shape, run.as_ref())?;
    let device = args.backend.open()?;
    let projector = Projector::new(&snapshot, &file, &device, |device| {
        let choice = ExtractorChoice { name: args.extractor.clone(), inception_weights: None };
        // The data says better than a few pictures what fits them.
        Ok(choice.open(reals.as_ref().unwrap_or(&targets.set), device)?)
    })?;

    let work = Work::begin("searching");
    work.stage("steps", u64::from(args.steps) * if reals.is_some() { 2 } else { 1 });
    let steps = args.steps as usize;
    let search = Search {
        starts: usize::from(args.starts),
        steps,
        class,
        keep_every: steps.div_ceil(FRAMES),
    };
    let targets_images = targets.images(&device)?;
    let found = projector.search(&targets_images, &search, || work.advance(1))?;
    let mut beside = None;
    if let Some(set) = &reals {
        let count = usize::from(args.reals).min(set.len());
        // Spread over the set: its order may be that of classes.
        let indices: Vec<u32> = (0..count).map(|i| (i * set.len() / count) as u32).collect();
        let images = set.batch(&indices, &device)?;
        let search = Search { keep_every: steps, ..search };
        beside = Some((set, projector.search(&images, &search, || work.advance(1))?));
    }
    drop(work);

    write_latents(&args.out, &found)?;
    let mut text = vec![("Software", format!("gan {VERSION}"))];
    text.extend(snapshot.provenance());
    text.push(("gan-pictures", targets.names.join(", ")));
    if let Some(classes) = &found.classes {
        let classes: Vec<String> = classes.iter().map(usize::to_string).collect();
        text.push(("gan-classes", classes.join(",")));
    }
    let grid = side_by_side(&projector, &targets_images, &found);
    write_file(&picture_file, &picture::encode_png(&grid, &text)?)?;
    write_way(&animation_file, &projector, &targets_images, &found, &text)?;
    terminal::print(table(
        &targets.names,
        &found,
        beside.as_ref().map(|(set, found)| (*set, found)),
    ))?;
    terminal::say(format!(
        "latents: {}; given, found, difference: {}; the search: {}",
        args.out.display(),
        picture_file.display(),
        animation_file.display()
    ));
    let source = source.map_or_else(String::new, |path| format!("{} ", terminal::quoted(path)));
    let latents = terminal::quoted(&args.out);
    terminal::say(format!("draw them: gan sample {source}--latents {latents}"));
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
        let is_in_run = file.parent().is_some_and(|folder| RunDir::open(folder).is_ok());
        if is_given || is_in_run {
            return Err(Failure::usage(format!(
                "--out {}: {} would be written, which is {}",
                out.display(),
                file.display(),
                if is_given { "a picture to search for" } else { "in the folder of a run" }
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

/// Real images to compare with, if any are wanted and there.
fn reals(args: &ProjectArgs, run: Option<&RunDir>) -> Result<Option<ImageSet>, Failure> {
    match (&args.real, run, args.reals) {
        (_, _, 0) => Ok(None),
        (Some(path), _, _) => Ok(Some(source::open_data(Some(path))?)),
        (None, Some(run), _) => Ok(Some(source::data_of_run(run)?)),
        (None, None, _) => Ok(None),
    }
}

/// Pictures of the generator's shape.
struct Targets {
    set: ImageSet,
    names: Vec<String>,
    shape: [usize; 3],
}

/// The pictures at `paths`, brought to `shape` as those of the run were.
fn open(paths: &[PathBuf], shape: [usize; 3], run: Option<&RunDir>) -> Result<Targets, Failure> {
    let [_, height, width] = shape;
    let mut rule = match run {
        Some(run) => run.config()?.data.rule,
        None => gan_data::Rule::default(),
    };
    rule.resolution = Some([height, width]);
    let options = OpenOptions { rule, strict: Some(true), ..OpenOptions::default() };
    let (set, names) = match paths {
        [path] if path.is_dir() || !is_picture(path) => {
            let set = source::open_images(path, options, &|_| true)?.set;
            let names = (0..set.len()).map(|index| format!("{} {index}", set.name())).collect();
            (set, names)
        }
        _ => {
            // A folder of them is opened, as training data is.
            let folder = tempfile::tempdir()
                .map_err(|error| Failure::new(format!("a temporary folder: {error}")))?;
            gathered(paths, folder.path())?;
            let set = source::open_images(folder.path(), options, &|_| true)?.set;
            if set.len() != paths.len() {
                let other = paths.iter().find(|path| !is_picture(path)).unwrap_or(&paths[0]);
                return Err(Failure::usage(format!(
                    "{}: not one picture; all or none of several files are pictures",
                    other.display()
                ))
                .hint("a folder, an archive or an array of pictures is named alone"));
            }
            let name = |path: &PathBuf| path.display().to_string();
            (set, paths.iter().map(name).collect())
        }
    };
    match set.len() {
        1..=MAX_PICTURES => Ok(Targets { set, names, shape }),
        count => Err(Failure::usage(format!(
            "{count} pictures; at most {MAX_PICTURES} are searched for at a time"
        ))
        .hint("name some of them")),
    }
}

fn is_picture(path: &Path) -> bool {
    gan_data::is_named_picture(&path.to_string_lossy())
}

/// Copies of the pictures in a folder of their own, in their order.
fn gathered(paths: &[PathBuf], folder: &Path) -> Result<(), Failure> {
    let failed =
        |path: &Path, error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (index, path) in paths.iter().enumerate() {
        let end = path.extension().unwrap_or_default().to_string_lossy();
        let copy = folder.join(format!("{index:03}.{end}"));
        std::fs::copy(path, copy).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

impl Targets {
    /// `[pictures, channels, height, width]`, in the generator's channels.
    fn images(&self, device: &burn::tensor::Device) -> Result<Tensor<4>, Failure> {
        let indices: Vec<u32> = (0..self.set.len() as u32).collect();
        let images = self.set.batch(&indices, device)?;
        let [_, found, ..] = images.dims();
        let [wanted, height, width] = self.shape;
        if self.set.shape()[1..] != [height, width] {
            let [_, h, w] = self.set.shape();
            return Err(Failure::usage(format!(
                "the pictures have {h} × {w} pixels, the generator draws {height} × {width}"
            )));
        }
        match (found, wanted) {
            _ if found == wanted => Ok(images),
            (1, 3) => Ok(images.repeat_dim(1, 3)),
            // As bright as people see it (ITU-R BT.601).
            (3, 1) => {
                let weights = [0.299, 0.587, 0.114];
                let weighted = weights.iter().enumerate().map(|(channel, weight)| {
                    images.clone().narrow(1, channel, 1).mul_scalar(*weight)
                });
                Ok(weighted.reduce(|a, b| a + b).expect("three channels"))
            }
            _ => Err(Failure::usage(format!(
                "the pictures have {found} channels, the generator draws {wanted}"
            ))),
        }
    }
}

fn write_latents(path: &Path, found: &Found) -> Result<(), Failure> {
    let sides = found.latents.dims().map(|side| side as u64);
    let values: Vec<f32> = found.latents.clone().into_data().iter::<f32>().collect();
    Ok(write_file(path, &numpy::npy(&sides, &values)?)?)
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
    animation_file::write(Kind::Own(AnimationKind::Gif), path, &animation, frames)
}

fn table(names: &[String], found: &Found, beside: Option<(&ImageSet, &Found)>) -> String {
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
    if let Some((set, reals)) = beside {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let name = format!("mean of {} of {}", reals.pixel_distances.len(), set.name());
        let (pixel, feature) = (mean(&reals.pixel_distances), mean(&reals.feature_distances));
        lines.push(format!("{name:<width$}  {pixel:>14.4}  {feature:>16.4}"));
    }
    lines.join("\n")
}
