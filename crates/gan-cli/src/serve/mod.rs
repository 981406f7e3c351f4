//! The live page: a small server that reads run folders and changes nothing.
//!
//! It serves the page of `gan report` for every run below its folder, the pictures of those runs,
//! and word of every change. Nothing else of the disk can be asked for: a run is one that
//! [`RunDir::list`] finds, and a file of it one that [`gan_run::names::is_picture`] knows;
//! the explorer draws from the latents in its folder and in files that were named at the start.

mod connections;
mod explorer;
mod latent_files;
mod pages;
mod refusal;
mod wanted;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use gan_run::{RunDir, RunError};
use tokio::net::TcpListener;

pub use explorer::Explorers;
pub use pages::Pages;

/// What the server shows.
pub struct Served {
    /// The folder whose runs it shows.
    pub outdir: PathBuf,
    /// Files of latents that every explorer offers, besides those in its run's folder.
    pub latents: Vec<PathBuf>,
    /// Pages, kept as long as nothing changes.
    pub pages: Pages,
    /// Generators of the explorers.
    pub explorers: Explorers,
}

impl Served {
    /// The runs below `outdir`.
    pub fn below(outdir: PathBuf) -> Self {
        Self {
            outdir,
            latents: Vec::new(),
            pages: Pages::default(),
            explorers: Explorers::default(),
        }
    }

    /// The run called `name`, if there is one.
    pub fn run(&self, name: &str) -> Result<Option<RunDir>, RunError> {
        Ok(RunDir::list(&self.outdir)?.into_iter().find(|run| run.name() == name))
    }
}

/// Serves until the process ends. `ready` is told the address it listens on.
///
/// # Errors
/// If nobody may listen on `address`.
pub fn serve(
    served: Served,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    // One thread: the work is done by the pool of blocking threads, and there is little of it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await?;
        ready(listener.local_addr()?);
        connections::accept(listener, router(Arc::new(served))).await
    })
}

fn router(served: Arc<Served>) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/runs/{run}", get(pages::of_run))
        .route("/runs/{run}/events", get(pages::changes_of_run))
        .route("/runs/{run}/explorer.json", get(explorer::describe))
        .route("/runs/{run}/explorer.png", get(explorer::picture))
        .route("/runs/{run}/{file}", get(pages::file))
        .route("/compare/{first}/{second}", get(pages::of_two))
        .route("/compare/{first}/{second}/events", get(pages::changes_of_two))
        .layer(from_fn(refusal::refuse_strangers))
        .with_state(served)
}
