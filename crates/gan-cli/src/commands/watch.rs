//! `gan watch`: the page of a run, live, and an explorer of its generator.

use std::path::{Path, PathBuf};

use gan_run::RunDir;

use crate::failure::Failure;
use crate::flags::WatchArgs;
use crate::serve::{Served, serve};
use crate::terminal::say;

pub fn run(args: &WatchArgs) -> Result<(), Failure> {
    let (outdir, page) = match &args.run {
        Some(path) => {
            let run = RunDir::open(path)?;
            (parent_of(&run), format!("runs/{}", run.name()))
        }
        None => (args.outdir.clone(), String::new()),
    };
    if !outdir.is_dir() {
        return Err(Failure::new(format!("{}: no such folder", outdir.display()))
            .hint("train a run with `gan`, or name the folder of your runs with --outdir"));
    }
    serve(Served::below(outdir), args.listen, |address| {
        let page = format!("http://{address}/{page}");
        say(format!("watching at {page} (Ctrl-C ends)"));
        if !args.listen.ip().is_loopback() {
            say("whoever reaches this address can look at these runs");
        }
        if args.open
            && let Err(error) = open::that_detached(&page)
        {
            say(format!("no browser can be opened: {error}"));
        }
    })
    .map_err(|error| {
        Failure::new(format!("{}: cannot be listened on: {error}", args.listen))
            .hint("--listen 127.0.0.1:0 takes any free port")
    })
}

/// The folder that `run` stands in.
fn parent_of(run: &RunDir) -> PathBuf {
    let path = run.path().canonicalize().unwrap_or_else(|_| run.path().to_owned());
    path.parent().map_or_else(|| path.clone(), Path::to_owned)
}
