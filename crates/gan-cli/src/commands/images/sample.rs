//! `gan sample`: images from a trained generator.

use std::path::Path;

use burn::tensor::Tensor;
use gan_data::numpy::NpyWriter;
use gan_data::picture::{self, Animation, Timing};
use gan_model::{SampleError, SampleRequest, Sampler};
use gan_run::{NewFile, write_file};

use crate::failure::{Failure, bad_snapshot};
use crate::flags::{GridShape, SampleArgs, list};
use crate::sampling::animation_file::{self, Kind};
use crate::sampling::class_names::ClassNames;
use crate::sampling::draw_list::DrawList;
use crate::sampling::latents::Latents;
use crate::sampling::walk::Walk;
use crate::sampling::{from_latents, origin, run_picture};
use crate::terminal::{Work, interruptible};
use crate::{machine, source, terminal};

/// Images that are drawn and written at a time.
const BATCH: usize = 256;
/// Frames a second of an animation.
const FPS: f64 = 25.0;

pub fn run(args: &SampleArgs) -> Result<(), Failure> {
    write(args)?;
    Ok(terminal::print(args.out.display())?)
}

/// Draws what `args` ask for and writes it to where they say.
pub fn write(args: &SampleArgs) -> Result<(), Failure> {
    if !args.truncation.is_finite() {
        return Err(Failure::usage("--truncation must be a number, such as 0.7"));
    }
    let scale = args.scale.unwrap_or(1);
    machine::set_threads(args.drawing.run.threads);
    let (file, snapshot) = source::open_snapshot(args.source.as_deref(), &args.drawing.run.outdir)?;
    let device = args.drawing.backend.open()?;
    let sampler =
        Sampler::from_snapshot(&snapshot, &device).map_err(|error| bad_snapshot(&file, &error))?;
    if let Some(path) = &args.latents {
        return from_latents::write(args, path, &snapshot, &sampler);
    }
    let drawn = DrawList::new(args, snapshot.info())?;
    let shape = snapshot.info().generator.image_shape();
    let seeds = &drawn.request.seeds;
    let refused = |error: SampleError| Failure::usage(error.to_string());
    let images = || sampler.images(&drawn.request).map_err(refused);
    let names = ClassNames::of(snapshot.info());
    let classes_asked_for = names.zip(drawn.asked.as_deref()).map(|(names, it)| names.text(it));

    let extension = args.out.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("png") => {
            let columns = grid_for(args.grid, &drawn)?.columns;
            let picture = match run_picture::is_point(shape) {
                true => {
                    let reals = run_picture::real_points(&file);
                    run_picture::of_points(images()?, &reals).enlarged(scale)
                }
                false => {
                    let picture = picture::grid(images()?, columns).enlarged(scale);
                    let classes = sampler.classes(&drawn.request).map_err(refused)?;
                    match names.zip(classes).map(|(names, it)| names.of_rows(&it, columns)) {
                        Some(names) => picture.with_row_names(&names),
                        None => picture,
                    }
                }
            };
            let seeds = list(&drawn.each);
            let text = origin::text(&snapshot, args, seeds, classes_asked_for, args.grid, scale);
            let bytes = picture::encode_png(&picture, &text)?;
            write_file(&args.out, &bytes)?;
        }
        Some("npy") => {
            let count = seeds.len() as u64;
            let sides: Vec<u64> = match run_picture::is_point(shape) {
                true => vec![count, 2],
                false => [count].into_iter().chain(shape.map(|side| side as u64)).collect(),
            };
            let mut file = NewFile::create(&args.out)?;
            let mut array = NpyWriter::begin(&mut file, &sides)?;
            let batches = batches(&drawn.request, &sampler).map(|batch| batch.map_err(refused));
            for batch in interruptible(&args.out, batches) {
                array.extend(batch?.1.into_data().iter::<f32>())?;
            }
            array.finish()?;
            file.finish()?;
        }
        Some("gif") => {
            run_picture::refuse_points(shape, "an animation")?;
            let columns = args.grid.map_or(1, |grid| grid.columns);
            let scale = args.scale.unwrap_or_else(|| run_picture::scale_of(columns * shape[2]));
            let seeds = list(&drawn.each);
            let text = origin::text(&snapshot, args, seeds, classes_asked_for, args.grid, scale);
            animation(args, scale, &drawn.request, &sampler, &text)?;
        }
        None => {
            run_picture::refuse_points(shape, "a folder of pictures")?;
            make_folder(&args.out)?;
            let classes = sampler.classes(&drawn.request).map_err(refused)?;
            let files = drawn.file_names(classes.as_deref().zip(names));
            for images in batches(&drawn.request, &sampler) {
                let (first, images) = images.map_err(refused)?;
                for (i, image) in (first..).zip(images.split(1, 0)) {
                    let picture = picture::single(image).enlarged(scale);
                    let class = classes.as_ref().zip(names).map(|(it, names)| names.text(&[it[i]]));
                    let text =
                        origin::text(&snapshot, args, seeds[i].to_string(), class, None, scale);
                    let bytes = picture::encode_png(&picture, &text)?;
                    write_file(&args.out.join(&files[i]), &bytes)?;
                }
            }
        }
        Some(other) => {
            return Err(Failure::usage(format!("--out ends in .{other}")).hint(
                "end it in .png for a picture, .gif for an animation, .npy for the numbers, or \
                     nothing for a folder",
            ));
        }
    }
    Ok(())
}

/// The images of `request`, some at a time, each time with the number of the first.
fn batches<'a>(
    request: &'a SampleRequest,
    sampler: &'a Sampler,
) -> impl Iterator<Item = Result<(usize, Tensor<4>), SampleError>> + 'a {
    let count = request.seeds.len();
    let work = Work::begin("drawing");
    work.stage("images", count as u64);
    (0..count).step_by(BATCH).map(move |first| {
        let range = first..count.min(first + BATCH);
        let batch = SampleRequest {
            seeds: request.seeds[range.clone()].to_vec(),
            classes: request.classes.as_ref().map(|classes| classes[range.clone()].to_vec()),
            truncation: request.truncation,
        };
        let images = sampler.images(&batch)?;
        work.advance(range.len() as u64);
        Ok((first, images))
    })
}

/// An animation in which every cell of the grid walks from seed to seed and back to its first. It
/// keeps the class that it begins with.
fn animation(
    args: &SampleArgs,
    scale: usize,
    request: &SampleRequest,
    sampler: &Sampler,
    text: &[(&str, String)],
) -> Result<(), Failure> {
    let refused = |error: SampleError| Failure::usage(error.to_string());
    let GridShape { columns, rows } = args.grid.unwrap_or(GridShape { columns: 1, rows: 1 });
    let latents = Latents::Seeds(request.seeds.clone());
    let mut walk = Walk::through_latents(&latents, columns * rows, args.num_keyframes, true)?;
    if let Some(classes) = sampler.classes(request).map_err(refused)? {
        walk = walk.with_classes(|latent| classes[latent]);
    }
    let frames = walk.frame_count(args.frames)?;
    let images = walk.images(&latents, sampler, args.frames, request.truncation);
    let pictures = images.map(|images| Ok(picture::grid(images?, columns).enlarged(scale)));
    let timing = Timing { fps: FPS, rest: 0.0 };
    let kind = Kind::of(&args.out, FPS)?;
    let pictures = interruptible(&args.out, pictures);
    animation_file::write(kind, &args.out, &Animation { frames, timing, text }, pictures)
}

/// The shape asked for, which must hold exactly `count` images, or one that is nearly square.
fn grid_for(asked: Option<GridShape>, drawn: &DrawList) -> Result<GridShape, Failure> {
    let count = drawn.request.seeds.len();
    match asked {
        None if drawn.each.len() < count => {
            let columns = drawn.each.len();
            Ok(GridShape { columns, rows: count / columns })
        }
        None => {
            let columns = (1..=count).find(|side| side * side >= count).unwrap_or(1);
            Ok(GridShape { columns, rows: count.div_ceil(columns) })
        }
        Some(GridShape { columns, rows }) if columns * rows != count => {
            Err(Failure::usage(format!("--grid {columns}x{rows} does not hold {count} images"))
                .hint(format!(
                    "give {} seeds, such as --seeds 0-{}",
                    columns * rows,
                    columns * rows - 1
                )))
        }
        Some(shape) => Ok(shape),
    }
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path)
        .map_err(|error| Failure::new(format!("{}: cannot be made: {error}", path.display())))
}
