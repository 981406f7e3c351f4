//! Which seeds and classes `gan sample` draws.

use gan_model::{SampleRequest, SnapshotInfo};

use crate::failure::Failure;
use crate::flags::SampleArgs;
use crate::sampling::class_names::{self, ClassNames};
use crate::sampling::run_picture::is_point;

/// Points that are drawn where nobody asks for other seeds: enough to show where they gather.
const DEFAULT_POINTS: u64 = 2_000;

/// Pixels of a picture, which is held in memory, and of all frames of an animation.
const MAX_PICTURE_PIXELS: usize = 100_000_000;
const MAX_ANIMATION_PIXELS: usize = 500_000_000;

/// What to draw, and how it is laid out.
pub struct DrawList {
    /// The seeds that each class is drawn with.
    pub each: Vec<u64>,
    /// A seed and, of a class-conditional generator, a class for each image.
    pub request: SampleRequest,
    /// The classes that were asked for, a row each.
    pub asked: Option<Vec<usize>>,
}

impl DrawList {
    /// What `args` ask for.
    ///
    /// # Errors
    /// If a class is asked for that the generator does not know, or more than memory should hold.
    pub fn new(args: &SampleArgs, info: &SnapshotInfo) -> Result<Self, Failure> {
        let generator = &info.generator;
        let asked = class_names::asked(args.class.as_deref(), info)?;
        let asked = asked.as_deref();
        let rows = asked.map_or(1, <[usize]>::len);
        let cells = args.grid.map(|grid| grid.columns * grid.rows * args.keyframes().unwrap_or(1));
        let images = match (&args.seeds, cells) {
            (Some(seeds), _) => seeds.0.len().saturating_mul(rows),
            (None, cells) => cells.unwrap_or(0),
        };
        check_size(args, images, generator.image_shape())?;
        let each = match (&args.seeds, cells) {
            (Some(seeds), _) => seeds.0.clone(),
            (None, Some(cells)) if cells.is_multiple_of(rows) => {
                (0..(cells / rows) as u64).collect()
            }
            (None, _) if rows > 1 => (0..10).collect(),
            (None, _) if is_point(generator.image_shape()) => (0..DEFAULT_POINTS).collect(),
            (None, _) => (0..16).collect(),
        };
        let request = SampleRequest {
            seeds: each.repeat(rows),
            classes: asked
                .map(|asked| asked.iter().flat_map(|&class| vec![class; each.len()]).collect()),
            truncation: args.truncation,
        };
        Ok(Self { each, request, asked: asked.map(<[usize]>::to_vec) })
    }

    /// `seed0003.png`, or `class7-owl-seed0003.png` of a class-conditional generator, whose `classes`
    /// those of the images are.
    pub fn file_names(&self, classes: Option<(&[usize], ClassNames<'_>)>) -> Vec<String> {
        let name = |(i, seed): (usize, &u64)| match classes {
            Some((classes, names)) => {
                format!("{}-seed{seed:04}.png", names.file_stem(classes[i]))
            }
            None => format!("seed{seed:04}.png"),
        };
        self.request.seeds.iter().enumerate().map(name).collect()
    }
}

/// Refuses what would exhaust memory, before anything is drawn.
fn check_size(args: &SampleArgs, images: usize, shape: [usize; 3]) -> Result<(), Failure> {
    let [_, height, width] = shape;
    let side = args.scale.unwrap_or(1);
    let pixels =
        [height, width, side, side].iter().fold(images, |all, &one| all.saturating_mul(one));
    let extension = args.out.extension().map(|end| end.to_ascii_lowercase());
    let (what, amount, unit, max, hint) = match extension.as_ref().and_then(|end| end.to_str()) {
        Some("png") if !is_point(shape) => {
            let hint = "a smaller --grid or --scale, or one picture each: --out FOLDER";
            ("the picture", pixels, "pixels", MAX_PICTURE_PIXELS, hint)
        }
        Some("gif") => {
            let pixels = pixels.saturating_mul(args.frames);
            let hint = "a smaller --grid, --scale, --num-keyframes or --frames";
            ("the animation", pixels, "pixels", MAX_ANIMATION_PIXELS, hint)
        }
        // Arrays and folders are written image by image.
        _ => return Ok(()),
    };
    match amount > max {
        true => Err(Failure::usage(format!(
            "{what} would have {amount} {unit}, but at most {max} are drawn at a time"
        ))
        .hint(hint)),
        false => Ok(()),
    }
}
