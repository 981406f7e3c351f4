//! What a page asks of the explorer: where to start, and how far from there.

use std::path::{Path, PathBuf};

use gan_model::Sampler;
use gan_report::quoted;
use gan_run::RunDir;
use serde::Deserialize;

use crate::sampling::latents::Latents;

/// Directions that have a slider.
pub const DIRECTIONS: usize = 6;

/// A latent, and the class that goes with it.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    seed: Option<u64>,
    /// In place of a seed: one of the files that are offered, and the latent in it.
    latents: Option<String>,
    #[serde(default)]
    row: usize,
    /// The seed that it is on the way to.
    pub to: Option<u64>,
    /// How far, 0 to 1.
    #[serde(default)]
    pub mix: f32,
    #[serde(default = "one")]
    pub truncation: f32,
    pub class: Option<usize>,
    /// Along each direction, in standard deviations: `0.5,-1`.
    #[serde(default)]
    moves: String,
}

/// What can be drawn of what is wanted.
pub struct Checked {
    pub wanted: Wanted,
    pub start: Start,
    pub moves: Vec<f32>,
}

/// Where a picture starts from.
pub enum Start {
    Seed(u64),
    /// A latent of a file.
    Row(PathBuf, usize),
}

fn one() -> f32 {
    1.0
}

impl Wanted {
    /// The same, if all of it is possible; `file` knows the files of latents that are offered.
    ///
    /// # Errors
    /// What is not.
    pub fn check(self, file: impl Fn(&str) -> Option<PathBuf>) -> Result<Checked, String> {
        let start = match (&self.latents, self.seed) {
            (Some(name), None) => match file(name) {
                Some(path) => Start::Row(path, self.row),
                None => return Err(format!("{name}: no such file of latents is offered")),
            },
            (None, Some(seed)) => Start::Seed(seed),
            _ => return Err("a picture starts from a seed, or from latents and a row".to_owned()),
        };
        if !(0.0..=1.0).contains(&self.mix) {
            return Err(format!("mix is {}, it must lie in 0 to 1", self.mix));
        }
        if !(0.0..=2.0).contains(&self.truncation) {
            return Err(format!("truncation is {}, it must lie in 0 to 2", self.truncation));
        }
        let moves = self.moves.split(',').filter(|text| !text.is_empty());
        let moves: Vec<f32> = moves
            .map(|text| text.parse::<f32>().ok().filter(|by| by.abs() <= 10.0))
            .collect::<Option<_>>()
            .ok_or("moves are numbers from -10 to 10, such as 0.5,-1")?;
        match moves.len() <= DIRECTIONS {
            true => Ok(Checked { wanted: self, start, moves }),
            false => Err(format!("there are only {DIRECTIONS} directions")),
        }
    }
}

impl Checked {
    /// Whether it is moved along a direction.
    pub fn is_moved(&self) -> bool {
        self.moves.iter().any(|&by| by != 0.0)
    }

    /// The moves as they were written.
    pub fn moves_as_written(&self) -> String {
        self.wanted.moves.clone()
    }

    /// The command that draws the same, where there is one.
    pub fn command(&self, run: &RunDir) -> Option<String> {
        let is_on_the_way = self.wanted.to.is_some() && self.wanted.mix != 0.0;
        if is_on_the_way || self.is_moved() {
            return None;
        }
        let place = |path: &Path| Some(quoted(&path.canonicalize().ok()?.to_string_lossy()));
        let mut line = format!("gan sample {}", place(run.path())?);
        line += &match &self.start {
            Start::Seed(seed) => format!(" --seeds {seed}"),
            Start::Row(file, row) => format!(" --latents {} --rows {row}", place(file)?),
        };
        if let Some(class) = self.wanted.class {
            line += &format!(" --class {class}");
        }
        if self.wanted.truncation != 1.0 {
            line += &format!(" --truncation {}", self.wanted.truncation);
        }
        Some(line)
    }
}

impl Start {
    /// The latents that it is one of, and its number among them.
    ///
    /// # Errors
    /// If the file holds none of this generator, or too few.
    pub fn open(&self, sampler: &Sampler) -> Result<(Latents, usize), String> {
        match self {
            Self::Seed(seed) => Ok((Latents::Seeds(vec![*seed]), 0)),
            Self::Row(path, row) => {
                let latents = Latents::read(path, sampler).map_err(|error| error.to_string())?;
                match latents.len() {
                    count if *row < count => Ok((latents, *row)),
                    count => Err(format!("there is no latent {row}, only 0 to {}", count - 1)),
                }
            }
        }
    }
}
