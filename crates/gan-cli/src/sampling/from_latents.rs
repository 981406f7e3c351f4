//! What `gan sample --latents` draws: latents of a file, each with every class that is asked for.

use std::path::Path;

use burn::tensor::Tensor;
use gan_data::{numpy, picture};
use gan_model::{Sampler, Snapshot, one_hot};
use gan_run::write_file;

use super::class_names::{self, ClassNames};
use super::latents::Latents;
use super::{origin, run_picture};
use crate::VERSION;
use crate::failure::Failure;
use crate::flags::{SampleArgs, list};

/// Numbers of all images, which are held in memory.
const MAX_VALUES: usize = 100_000_000;

/// Draws the latents in `path` to where `args` say.
///
/// # Errors
/// If they are not the generator's, or --out is neither a picture nor an array.
pub fn write(
    args: &SampleArgs,
    path: &Path,
    snapshot: &Snapshot,
    sampler: &Sampler,
) -> Result<(), Failure> {
    let extension = args.out.extension().map(|end| end.to_string_lossy().to_lowercase());
    let is_array = match extension.as_deref() {
        Some("png") => false,
        Some("npy") => true,
        _ => {
            return Err(Failure::usage(format!(
                "--out {}: latents are drawn to FILE.png or FILE.npy",
                args.out.display()
            ))
            .hint("`gan interpolate --latents` makes an animation of them"));
        }
    };
    let asked = class_names::asked(args.class.as_deref(), snapshot.info())?;
    let asked = asked.as_deref();
    let latents = Latents::read(path, sampler)?;
    let chosen = chosen(args, &latents)?;
    let count = chosen.len();
    let rows = asked.map_or(1, <[usize]>::len);
    let indices: Vec<usize> = (0..rows).flat_map(|_| chosen.iter().copied()).collect();
    let values = snapshot.info().generator.image_shape().iter().product::<usize>();
    if indices.len().saturating_mul(values) > MAX_VALUES {
        return Err(Failure::usage(format!(
            "{} images of {values} numbers each; at most {MAX_VALUES} numbers are drawn of a file",
            indices.len()
        ))
        .hint("draw fewer --rows, or fewer classes, at a time"));
    }
    let labels = sampler.class_count().map(|classes| {
        let class = |(at, &index): (usize, &usize)| match asked {
            Some(asked) => asked[at / count],
            None => latents.class(index, classes),
        };
        let drawn: Vec<usize> = indices.iter().enumerate().map(class).collect();
        one_hot(&drawn, classes, sampler.device())
    });
    let picked = latents.pick(&indices, args.truncation, sampler);
    let picked = picked.map_err(|error| Failure::usage(error.to_string()))?;
    let images = sampler.generate(picked, labels);
    if is_array {
        let sides = images.dims().map(|side| side as u64);
        let values: Vec<f32> = images.into_data().iter::<f32>().collect();
        return Ok(write_file(&args.out, &numpy::npy(&sides, &values)?)?);
    }
    let columns =
        if rows > 1 { count } else { (1..=count).find(|side| side * side >= count).unwrap_or(1) };
    let picture = drawn(images, snapshot, columns).enlarged(args.scale.unwrap_or(1));
    let mut text = vec![("Software", format!("gan {VERSION}"))];
    text.extend(snapshot.provenance());
    text.push(latents.origin());
    if let Some(rows) = &args.rows {
        text.push((origin::ROWS, list(&rows.0)));
    }
    if let Some((names, asked)) = ClassNames::of(snapshot.info()).zip(asked) {
        text.push(("gan-classes", names.text(asked)));
    }
    text.push(("gan-truncation", args.truncation.to_string()));
    Ok(write_file(&args.out, &picture::encode_png(&picture, &text)?)?)
}

/// Which of the latents are drawn.
fn chosen(args: &SampleArgs, latents: &Latents) -> Result<Vec<usize>, Failure> {
    let count = latents.len();
    let Some(rows) = &args.rows else { return Ok((0..count).collect()) };
    match rows.0.iter().find(|&&row| row >= count as u64) {
        Some(row) => Err(Failure::usage(format!("--rows {row}: the file holds {count} latents"))
            .hint(format!("they are 0 to {}", count - 1))),
        None => Ok(rows.0.iter().map(|&row| row as usize).collect()),
    }
}

fn drawn(images: Tensor<4>, snapshot: &Snapshot, columns: usize) -> picture::Picture {
    match run_picture::is_point(snapshot.info().generator.image_shape()) {
        true => run_picture::of_points(images, &[]),
        false => picture::grid(images, columns),
    }
}
