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
use gan_run::RunDir;
use gan_weights::sha256;
use serde::Serialize;

use super::Served;
use super::latent_files::{self, Offer};
use super::pages::{blocking, not_found};
use super::wanted::{Checked, DIRECTIONS, Start, Wanted};
use crate::VERSION;
use crate::machine::backend::Backend;
use crate::sampling::between::between;
use crate::sampling::latents::Latents;
use crate::sampling::{directions, origin, run_picture};

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
    /// Of the classes, if the data has any.
    class_names: Option<Vec<String>>,
    directions: usize,
    /// Looked for whenever a page asks.
    latents: Offer,
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
            class_names: info.class_names.clone(),
            directions: directions.len(),
            latents: Offer::default(),
            snapshot: name,
        };
        Ok(Some(Self { sampler, directions, description }))
    }

    fn draw(&self, checked: &Checked) -> Result<Vec<u8>, String> {
        let Checked { wanted, start, moves } = checked;
        let say = |error: &dyn std::fmt::Display| error.to_string();
        let (from, index) = start.open(&self.sampler)?;
        let picked = from.pick(&[index], wanted.truncation, &self.sampler);
        let mut latents = picked.map_err(|error| say(&error))?;
        if let Some(to) = wanted.to {
            let to = Latents::Seeds(vec![to]).pick(&[0], wanted.truncation, &self.sampler);
            let distribution = self.sampler.latent_space().distribution;
            latents = between(latents, to.map_err(|error| say(&error))?, wanted.mix, distribution);
        }
        if checked.is_moved() {
            latents = directions::moved(latents, &self.sampler, &self.directions, moves);
        }
        let usual = |classes| from.class(index, classes);
        let class = wanted.class.or_else(|| self.sampler.class_count().map(usual));
        let request =
            SampleRequest { classes: class.map(|class| vec![class]), ..SampleRequest::seeds([0]) };
        let labels = self.sampler.labels(&request).map_err(|error| say(&error))?;
        let images = self.sampler.generate(latents, labels);
        let [_, channels, height, width] = images.dims();
        let picture = match run_picture::is_point([channels, height, width]) {
            true => run_picture::of_points(images, &[]),
            false => picture::grid(images, 1).enlarged((SIDE / width.max(height)).max(1)),
        };
        let mut text = vec![("Software", format!("gan {VERSION}"))];
        text.push(from.origin());
        if let Start::Row(_, row) = start {
            text.push((origin::ROWS, row.to_string()));
        }
        text.extend([
            ("gan-truncation", wanted.truncation.to_string()),
            ("gan-snapshot", self.description.sha256.clone()),
            ("gan-step", self.description.step.to_string()),
        ]);
        if let Some(class) = wanted.class {
            text.push(("gan-classes", class.to_string()));
        }
        if let Some(to) = wanted.to {
            text.push(("gan-towards", format!("seed {to}, {} of the way", wanted.mix)));
        }
        if checked.is_moved() {
            text.push(("gan-moves", checked.moves_as_written()));
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
        let description = served.explorers.with(&run, |explorer| {
            let latents = latent_files::offer(&run, &served.latents, &explorer.sampler);
            Ok(Description { latents, ..explorer.description.clone() })
        });
        Ok(match description {
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
        let file = |name: &str| latent_files::find(&run, &served.latents, name);
        let drawn = wanted.check(file).and_then(|checked| {
            let drawn = served.explorers.with(&run, |explorer| explorer.draw(&checked))?;
            Ok(drawn.map(|bytes| (bytes, checked.command(&run))))
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
