//! Which seeds and classes `gan sample` draws.

use burn::tensor::{Device, Tensor};
use gan_model::{GeneratorConfig, one_hot};

use crate::failure::Failure;
use crate::flags::SampleArgs;
use crate::sampling::run_picture::is_point;

/// Points that are drawn where nobody asks for other seeds: enough to show where they gather.
const USUAL_POINTS: u64 = 2_000;

/// What to draw: a seed and, of a conditional generator, a class for each image.
pub struct DrawList {
    /// The seeds that each class is drawn with.
    pub each: Vec<u64>,
    /// One for each image.
    pub seeds: Vec<u64>,
    labels: Option<Labels>,
}

struct Labels {
    labels: Vec<usize>,
    classes: usize,
}

impl DrawList {
    /// What `args` ask for.
    ///
    /// # Errors
    /// If a class is asked for that `generator` does not know.
    pub fn new(args: &SampleArgs, generator: &GeneratorConfig) -> Result<Self, Failure> {
        let asked = args.class.as_ref().map(|list| list.0.as_slice());
        let classes = generator.classes();
        match (asked, classes) {
            (Some(_), None) => {
                return Err(Failure::usage(
                    "--class is given, but this generator knows no classes",
                )
                .hint("`gan train --conditional` trains one that does"));
            }
            (Some(asked), Some(classes)) => {
                if let Some(wrong) = asked.iter().find(|&&class| class >= classes) {
                    return Err(Failure::usage(format!(
                        "--class {wrong}: this generator knows classes 0 to {}",
                        classes - 1
                    )));
                }
            }
            _ => {}
        }
        let rows = asked.map_or(1, <[usize]>::len);
        let cells = args.grid.map(|grid| grid.columns * grid.rows * args.keyframes().unwrap_or(1));
        let each = match (&args.seeds, cells) {
            (Some(seeds), _) => seeds.0.clone(),
            (None, Some(cells)) if cells.is_multiple_of(rows) => {
                (0..(cells / rows) as u64).collect()
            }
            (None, _) if rows > 1 => (0..10).collect(),
            (None, _) if is_point(generator.image_shape()) => (0..USUAL_POINTS).collect(),
            (None, _) => (0..16).collect(),
        };
        let seeds = each.repeat(rows);
        let labels = classes.map(|classes| {
            let of_seed = |&seed: &u64| (seed % classes as u64) as usize;
            let labels = match asked {
                Some(asked) => asked.iter().flat_map(|&class| vec![class; each.len()]).collect(),
                None => seeds.iter().map(of_seed).collect(),
            };
            Labels { labels, classes }
        });
        Ok(Self { each, seeds, labels })
    }

    /// One-hot, `[seeds.len(), classes]`.
    pub fn labels(&self, device: &Device) -> Option<Tensor<2>> {
        let Labels { labels, classes } = self.labels.as_ref()?;
        Some(one_hot(labels, *classes, device))
    }

    /// `seed0003.png`, or `class7-seed0003.png` of a conditional generator.
    pub fn file_names(&self) -> Vec<String> {
        let name = |(i, seed): (usize, &u64)| match &self.labels {
            Some(labels) => format!("class{}-seed{seed:04}.png", labels.labels[i]),
            None => format!("seed{seed:04}.png"),
        };
        self.seeds.iter().enumerate().map(name).collect()
    }
}
