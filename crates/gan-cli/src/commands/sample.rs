//! `gan sample`: images from a trained generator.

use std::path::Path;

use burn::tensor::Tensor;
use gan_data::numpy;
use gan_data::picture::{self, Picture};
use gan_model::{SampleError, SampleRequest, Sampler};
use gan_run::write_file;

use crate::failure::{Failure, bad_snapshot};
use crate::flags::{GridShape, SampleArgs, list};
use crate::sampling::class_names::ClassNames;
use crate::sampling::draw_list::DrawList;
use crate::sampling::{origin, run_picture};
use crate::{machine, source, terminal};

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
    machine::set_threads(args.threads);
    let (file, snapshot) = source::open_snapshot(args.source.as_deref(), &args.outdir)?;
    let device = args.backend.open()?;
    let sampler =
        Sampler::from_snapshot(&snapshot, &device).map_err(|error| bad_snapshot(&file, &error))?;
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
                true => run_picture::of_points(images()?),
                false => picture::grid(images()?, columns),
            };
            let seeds = list(&drawn.each);
            let text = origin::text(&snapshot, args, seeds, classes_asked_for, args.grid);
            let bytes = picture::encode_png(&picture.enlarged(scale), &text)?;
            write_file(&args.out, &bytes)?;
        }
        Some("npy") => {
            let images = images()?;
            let sides: Vec<u64> = match run_picture::is_point(shape) {
                true => vec![seeds.len() as u64, 2],
                false => images.dims().map(|side| side as u64).to_vec(),
            };
            let values: Vec<f32> = images.into_data().iter::<f32>().collect();
            write_file(&args.out, &numpy::npy(&sides, &values)?)?;
        }
        Some("gif") => {
            run_picture::refuse_points(shape, "an animation")?;
            let frames = animation(args, scale, &drawn.request, &sampler)?;
            write_file(&args.out, &picture::encode_gif(&frames, 4)?)?;
        }
        None => {
            run_picture::refuse_points(shape, "a folder of pictures")?;
            make_folder(&args.out)?;
            let images = images()?;
            let classes = sampler.classes(&drawn.request).map_err(refused)?;
            let files = drawn.file_names(classes.as_deref().zip(names));
            let images = images.split(1, 0).into_iter().zip(seeds).zip(files);
            for (i, ((image, seed), name)) in images.enumerate() {
                let picture = picture::grid(image, 1).enlarged(scale);
                let class = classes.as_ref().zip(names).map(|(it, names)| names.text(&[it[i]]));
                let text = origin::text(&snapshot, args, seed.to_string(), class, None);
                let bytes = picture::encode_png(&picture, &text)?;
                write_file(&args.out.join(name), &bytes)?;
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

/// An animation in which every cell of the grid walks from seed to seed and back to its first.
fn animation(
    args: &SampleArgs,
    scale: usize,
    request: &SampleRequest,
    sampler: &Sampler,
) -> Result<Vec<Picture>, Failure> {
    let refused = |error: SampleError| Failure::usage(error.to_string());
    let latents = sampler.latents(request).map_err(refused)?;
    let labels = sampler.labels(request).map_err(refused)?;
    let GridShape { columns, rows } = args.grid.unwrap_or(GridShape { columns: 1, rows: 1 });
    let [count, dim] = latents.dims();
    let cells = columns * rows;
    let keyframes = args.num_keyframes.unwrap_or(count / cells);
    if keyframes == 0 || keyframes.checked_mul(cells) != Some(count) || args.frames == 0 {
        return Err(Failure::usage(format!(
            "{count} seeds are not {cells} cells × {keyframes} keyframes"
        ))
        .hint("give as many --seeds as the --grid has cells times --num-keyframes"));
    }
    let keys = latents.reshape([cells, keyframes, dim]);
    // A cell keeps the class that it begins with.
    let labels = labels.map(|labels| {
        let [_, classes] = labels.dims();
        let first = labels.reshape([cells, keyframes, classes]).narrow(1, 0, 1);
        first.reshape([cells, classes]) as Tensor<2>
    });
    let mut pictures = Vec::new();
    for key in 0..keyframes {
        let from: Tensor<2> = keys.clone().narrow(1, key, 1).reshape([cells, dim]);
        let to: Tensor<2> = keys.clone().narrow(1, (key + 1) % keyframes, 1).reshape([cells, dim]);
        for frame in 0..args.frames {
            let fraction = frame as f32 / args.frames as f32;
            let between = from.clone() * (1.0 - fraction) + to.clone() * fraction;
            pictures.push(
                picture::grid(sampler.generate(between, labels.clone()), columns).enlarged(scale),
            );
        }
    }
    Ok(pictures)
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
