//! The explorer: pictures of a run's newest snapshot, of whatever latent a reader asks for.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gan_data::picture;
use gan_model::{SampleRequest, Sampler, Snapshot};
use gan_report::quoted;
use gan_run::RunDir;
use gan_weights::sha256;
use serde::{Deserialize, Serialize};

use super::Served;
use super::pages::{blocking, not_found};
use crate::VERSION;
use crate::machine::backend::Backend;
use crate::sampling::between::between;
use crate::sampling::{directions, run_picture};

/// Directions that have a slider.
const DIRECTIONS: usize = 6;
/// Generators that are kept.
const MAX_KEPT: usize = 4;
/// Pixels of a side of the picture, about.
const SIDE: usize = 280;

/// Generators of the runs that are explored.
#[derive(Default)]
pub struct Explorers {
    kept: Mutex<HashMap<PathBuf, Explorer>>,
}

struct Explorer {
    sampler: Sampler,
    directions: Vec<Vec<f32>>,
    description: Description,
}

/// What a page needs to know to ask for pictures.
#[derive(Clone, Serialize)]
pub struct Description {
    snapshot: String,
    sha256: String,
    step: u64,
    classes: Option<usize>,
    directions: usize,
}

/// A latent, and the class that goes with it.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    seed: u64,
    /// The seed that it is on the way to.
    to: Option<u64>,
    /// How far, 0 to 1.
    #[serde(default)]
    mix: f32,
    #[serde(default = "one")]
    truncation: f32,
    class: Option<usize>,
    /// Along each direction, in standard deviations: `0.5,-1`.
    #[serde(default)]
    moves: String,
}

fn one() -> f32 {
    1.0
}

impl Wanted {
    /// The moves, if all of it is possible.
    fn check(&self) -> Result<Vec<f32>, String> {
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
            true => Ok(moves),
            false => Err(format!("there are only {DIRECTIONS} directions")),
        }
    }

    /// The command that draws the same, where there is one.
    fn command(&self, run: &RunDir, moves: &[f32]) -> Option<String> {
        let is_a_seed =
            self.to.is_none_or(|_| self.mix == 0.0) && moves.iter().all(|&by| by == 0.0);
        if !is_a_seed {
            return None;
        }
        let path = run.path().canonicalize().ok()?;
        let mut line =
            format!("gan sample {} --seeds {}", quoted(&path.to_string_lossy()), self.seed);
        if let Some(class) = self.class {
            line += &format!(" --class {class}");
        }
        if self.truncation != 1.0 {
            line += &format!(" --truncation {}", self.truncation);
        }
        Some(line)
    }
}

impl Explorer {
    fn open(run: &RunDir) -> Result<Option<Self>, String> {
        let Some(path) = run.newest_snapshot() else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let say = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let snapshot = Snapshot::open(&path).map_err(|error| say(&error))?;
        let device = Backend::Flex.open().map_err(|_| "the CPU cannot be opened".to_owned())?;
        let sampler = Sampler::from_snapshot(&snapshot, &device).map_err(|error| say(&error))?;
        let directions = directions::principal(&sampler, DIRECTIONS);
        let info = snapshot.info();
        let description = Description {
            sha256: sha256(snapshot.as_bytes()),
            step: info.step,
            classes: info.generator.classes(),
            directions: directions.len(),
            snapshot: name,
        };
        Ok(Some(Self { sampler, directions, description }))
    }

    fn draw(&self, wanted: &Wanted, moves: &[f32]) -> Result<Vec<u8>, String> {
        let request = |seed: u64| SampleRequest {
            seeds: vec![seed],
            classes: wanted.class.map(|class| vec![class]),
            truncation: wanted.truncation,
        };
        let say = |error: &dyn std::fmt::Display| error.to_string();
        let from = request(wanted.seed);
        let mut latents = self.sampler.latents(&from).map_err(|error| say(&error))?;
        if let Some(to) = wanted.to {
            let to = self.sampler.latents(&request(to)).map_err(|error| say(&error))?;
            let distribution = self.sampler.latent_space().distribution;
            latents = between(latents, to, wanted.mix, distribution);
        }
        if moves.iter().any(|&by| by != 0.0) {
            latents = directions::moved(latents, &self.sampler, &self.directions, moves);
        }
        let labels = self.sampler.labels(&from).map_err(|error| say(&error))?;
        let images = self.sampler.generate(latents, labels);
        let [_, channels, height, width] = images.dims();
        let picture = match run_picture::is_point([channels, height, width]) {
            true => run_picture::of_points(images, &[]),
            false => picture::grid(images, 1).enlarged((SIDE / width.max(height)).max(1)),
        };
        let mut text = vec![
            ("Software", format!("gan {VERSION}")),
            ("gan-seeds", wanted.seed.to_string()),
            ("gan-truncation", wanted.truncation.to_string()),
            ("gan-snapshot", self.description.sha256.clone()),
            ("gan-step", self.description.step.to_string()),
        ];
        if let Some(class) = wanted.class {
            text.push(("gan-classes", class.to_string()));
        }
        if let Some(to) = wanted.to {
            text.push(("gan-towards", format!("seed {to}, {} of the way", wanted.mix)));
        }
        if moves.iter().any(|&by| by != 0.0) {
            text.push(("gan-moves", wanted.moves.clone()));
        }
        picture::encode_png(&picture, &text).map_err(|error| say(&error))
    }
}

impl Explorers {
    /// Does `work` with the generator of `run`'s newest snapshot. One at a time: the cores belong to
    /// the training.
    fn with<T>(
        &self,
        run: &RunDir,
        work: impl FnOnce(&Explorer) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let newest = run.newest_snapshot();
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let is_newest = |explorer: &Explorer| {
            let name = newest.as_ref().and_then(|path| path.file_name());
            name.is_some_and(|name| *name == *explorer.description.snapshot)
        };
        let path = run.path().to_owned();
        if !kept.get(&path).is_some_and(is_newest) {
            let Some(explorer) = Explorer::open(run)? else { return Ok(None) };
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(path.clone(), explorer);
        }
        kept.get(&path).map(work).transpose()
    }
}

/// What can be asked of the explorer of a run.
pub async fn describe(State(served): State<Arc<Served>>, Path(run): Path<String>) -> Response {
    blocking(move || {
        let Some(run) = served.run(&run)? else { return Ok(not_found()) };
        Ok(match served.explorers.with(&run, |explorer| Ok(explorer.description.clone())) {
            // `null` where there is no snapshot yet.
            Ok(description) => Json(description).into_response(),
            Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response(),
        })
    })
    .await
}

/// The picture of one latent.
pub async fn picture(
    State(served): State<Arc<Served>>,
    Path(run): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Response {
    blocking(move || {
        let Some(run) = served.run(&run)? else { return Ok(not_found()) };
        let drawn = wanted.check().and_then(|moves| {
            let drawn = served.explorers.with(&run, |explorer| explorer.draw(&wanted, &moves))?;
            Ok(drawn.map(|bytes| (bytes, wanted.command(&run, &moves))))
        });
        Ok(match drawn {
            Ok(Some((bytes, command))) => {
                let mut headers = HeaderMap::new();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
                if let Some(command) = command.and_then(|line| HeaderValue::from_str(&line).ok()) {
                    headers.insert("gan-command", command);
                }
                (headers, bytes).into_response()
            }
            Ok(None) => not_found(),
            Err(problem) => (StatusCode::BAD_REQUEST, problem + "\n").into_response(),
        })
    })
    .await
}
