//! `gan watch`: the page of a run, live, and an explorer of its generator.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use gan_run::RunDir;

use crate::failure::Failure;
use crate::flags::{PageFlags, WatchArgs};
use crate::serve::{Served, serve};
use crate::terminal::say;

/// Where a page is unless somebody says otherwise: TensorBoard's port.
const ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 6006);

pub fn run(args: &WatchArgs) -> Result<(), Failure> {
    let (outdir, page) = match &args.run {
        Some(path) => {
            let run = RunDir::open(path)?;
            (parent_of(&run), page_of(&run))
        }
        None => (args.outdir.clone(), String::new()),
    };
    if !outdir.is_dir() {
        return Err(Failure::new(format!("{}: no such folder", outdir.display()))
            .hint("train a run with `gan`, or name the folder of your runs with --outdir"));
    }
    let ready = |address| announce(address, &page, "Ctrl-C ends", args.open);
    serve(Served::below(outdir), args.listen, ready).map_err(|error| refused(args.listen, &error))
}

/// Serves the page of `run`, and those of the runs beside it, until the process ends.
///
/// # Errors
/// If nobody may listen there.
pub fn beside(flags: &PageFlags, run: &RunDir) -> Result<(), Failure> {
    let wanted = flags.listen.unwrap_or(ADDRESS);
    let address = match start(parent_of(run), wanted) {
        // Another page is there, perhaps of another training: any port does as well.
        Err(error) if error.kind() == ErrorKind::AddrInUse && flags.listen.is_none() => {
            start(parent_of(run), SocketAddr::new(ADDRESS.ip(), 0))
        }
        started => started,
    };
    let address = address.map_err(|error| refused(wanted, &error))?;
    announce(address, &page_of(run), "until the run ends", flags.open);
    Ok(())
}

/// A server on a thread of its own; gives the address that it listens on.
fn start(outdir: PathBuf, address: SocketAddr) -> std::io::Result<SocketAddr> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().name("live page".to_owned()).spawn(move || {
        let ready = tell.clone();
        let ended = serve(Served::below(outdir), address, |address| {
            let _ = ready.send(Ok(address));
        });
        if let Err(error) = ended {
            let _ = tell.send(Err(error));
        }
    })?;
    told.recv().unwrap_or_else(|_| Err(std::io::Error::other("the server ended at once")))
}

fn announce(address: SocketAddr, page: &str, until: &str, open: bool) {
    let page = format!("http://{address}/{page}");
    say(format!("watching at {page} ({until})"));
    if !address.ip().is_loopback() {
        say("whoever reaches this address can look at these runs");
    }
    if open && let Err(error) = open::that_detached(&page) {
        say(format!("no browser can be opened: {error}"));
    }
}

fn refused(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::new(format!("{address}: cannot be listened on: {error}"))
        .hint("--listen 127.0.0.1:0 takes any free port")
}

fn page_of(run: &RunDir) -> String {
    format!("runs/{}", run.name())
}

/// The folder that `run` stands in.
fn parent_of(run: &RunDir) -> PathBuf {
    let path = run.path().canonicalize().unwrap_or_else(|_| run.path().to_owned());
    path.parent().map_or_else(|| path.clone(), Path::to_owned)
}
