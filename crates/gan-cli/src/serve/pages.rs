//! Pages, pictures, and word of changes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use gan_report::Pictures;
use gan_run::{RunDir, RunError, names};
use tokio::task::spawn_blocking;

use super::Served;

/// Time between two looks at a run folder.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A stream of changes ends after so long; browsers open another.
const STREAM: Duration = Duration::from_secs(90);

/// Pages as they were when nothing has changed since: ten readers cost what one does.
#[derive(Default)]
pub struct Pages {
    kept: Mutex<HashMap<Vec<PathBuf>, Page>>,
}

/// A page, and what the runs that it shows were like then.
type Page = (Vec<Mark>, Arc<str>);

/// What changes when a run goes on: sizes and times of its files.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    files: Vec<Option<(u64, SystemTime)>>,
    grids: usize,
    is_training: bool,
}

impl Mark {
    fn of(run: &RunDir) -> Self {
        let files = [names::CONFIG, names::STATS, names::EVENTS, names::METRICS, names::REALS];
        let mark = |name: &str| {
            let file = run.file(name).metadata().ok()?;
            Some((file.len(), file.modified().ok()?))
        };
        Self {
            files: files.map(mark).to_vec(),
            grids: run.fakes().len() + run.snapshots().len(),
            is_training: run.is_training(),
        }
    }
}

impl Pages {
    /// The page of `runs`.
    fn of(&self, runs: &[RunDir]) -> Result<Arc<str>, RunError> {
        let key: Vec<PathBuf> = runs.iter().map(|run| run.path().to_owned()).collect();
        let marks: Vec<Mark> = runs.iter().map(Mark::of).collect();
        // Held while a page is made: others wait for it instead of making it, too.
        let mut kept = self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((then, page)) = kept.get(&key)
            && *then == marks
        {
            return Ok(Arc::clone(page));
        }
        let page: Arc<str> = gan_report::page(runs, Pictures::Beside)?.into();
        kept.insert(key, (marks, Arc::clone(&page)));
        Ok(page)
    }
}

/// The list of all runs.
pub async fn index(State(served): State<Arc<Served>>) -> Response {
    blocking(move || {
        let runs = RunDir::list(&served.outdir)?;
        Ok(Html(gan_report::index(&runs)).into_response())
    })
    .await
}

/// The page of one run.
pub async fn of_run(State(served): State<Arc<Served>>, Path(run): Path<String>) -> Response {
    page_of(served, vec![run]).await
}

/// Two runs side by side.
pub async fn of_two(
    State(served): State<Arc<Served>>,
    Path((first, second)): Path<(String, String)>,
) -> Response {
    page_of(served, vec![first, second]).await
}

async fn page_of(served: Arc<Served>, names: Vec<String>) -> Response {
    blocking(move || {
        let Some(runs) = find(&served, &names)? else { return Ok(not_found()) };
        Ok(Html(served.pages.of(&runs)?.to_string()).into_response())
    })
    .await
}

/// A picture of a run.
pub async fn file(
    State(served): State<Arc<Served>>,
    Path((run, file)): Path<(String, String)>,
) -> Response {
    blocking(move || {
        if !names::is_picture(&file) {
            return Ok(not_found());
        }
        let Some(run) = served.run(&run)? else { return Ok(not_found()) };
        let Ok(bytes) = std::fs::read(run.file(&file)) else { return Ok(not_found()) };
        let kind = if file.ends_with(".gif") { "image/gif" } else { "image/png" };
        // The address of a picture changes with it.
        let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")];
        Ok((headers, bytes).into_response())
    })
    .await
}

/// An event for every change of a run.
pub async fn changes_of_run(
    State(served): State<Arc<Served>>,
    Path(run): Path<String>,
) -> Response {
    changes_of(served, vec![run]).await
}

/// An event for every change of one of two runs.
pub async fn changes_of_two(
    State(served): State<Arc<Served>>,
    Path((first, second)): Path<(String, String)>,
) -> Response {
    changes_of(served, vec![first, second]).await
}

async fn changes_of(served: Arc<Served>, names: Vec<String>) -> Response {
    match spawn_blocking(move || find(&served, &names)).await {
        Ok(Ok(Some(runs))) => Sse::new(changes(runs)).into_response(),
        Ok(Ok(None)) => not_found(),
        Ok(Err(error)) => failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Says `changed` whenever the runs have. A reader that is slow is told once of many changes.
fn changes(runs: Vec<RunDir>) -> impl Stream<Item = Result<Event, Infallible>> {
    let end = Instant::now() + STREAM;
    unfold((runs, None::<Vec<Mark>>), move |(runs, then)| async move {
        let looked = spawn_blocking(move || {
            let marks: Vec<Mark> = runs.iter().map(Mark::of).collect();
            (runs, marks)
        });
        let (runs, marks) = looked.await.ok()?;
        if then.as_ref() != Some(&marks) {
            return Some((Ok(Event::default().data("changed")), (runs, Some(marks))));
        }
        if Instant::now() > end {
            return None;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        // A comment, which also finds out whether anybody still listens.
        Some((Ok(Event::default().comment("same")), (runs, then)))
    })
}

fn find(served: &Served, names: &[String]) -> Result<Option<Vec<RunDir>>, RunError> {
    let runs = names.iter().map(|name| served.run(name)).collect::<Result<Vec<_>, _>>()?;
    Ok(runs.into_iter().collect())
}

/// Does what reads files where it holds up nobody.
pub(super) async fn blocking(
    work: impl FnOnce() -> Result<Response, RunError> + Send + 'static,
) -> Response {
    match spawn_blocking(work).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn failed(error: &RunError) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response()
}

pub(super) fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing here; / lists the runs\n").into_response()
}
