//! The pictures to search for.

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use gan_data::{ImageSet, OpenOptions};
use gan_run::RunDir;

use crate::failure::Failure;
use crate::source;

/// Pictures that are searched for at a time.
const MAX_PICTURES: usize = 64;

/// Pictures of the generator's shape.
pub struct Targets {
    pub set: ImageSet,
    pub names: Vec<String>,
    shape: [usize; 3],
}

/// The pictures at `paths`, brought to `shape` as those of the run were.
///
/// # Errors
/// If they are no pictures, or too many.
pub fn open(
    paths: &[PathBuf],
    shape: [usize; 3],
    run: Option<&RunDir>,
) -> Result<Targets, Failure> {
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
    ///
    /// # Errors
    /// If they are of another shape, or cannot be read any more.
    pub fn images(&self, device: &Device) -> Result<Tensor<4>, Failure> {
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
