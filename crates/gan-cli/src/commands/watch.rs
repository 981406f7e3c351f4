//! `gan watch`: the page of a run, live, and an explorer of its generator.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;
use std::thread;

use gan_run::RunDir;
use gan_training::{Observers, Trainer};

use crate::failure::Failure;
use crate::flags::{PageFlags, WatchArgs};
use crate::sampling::latents;
use crate::serve::{Served, serve};
use crate::terminal::say;

/// Where a page is unless somebody says otherwise: TensorBoard's port.
const ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 6006);

pub fn run(args: &WatchArgs) -> Result<(), Failure> {
    if let (true, Some(path)) = (args.tui, &args.run) {
        return attach(&RunDir::open(path)?);
    }
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
    args.latents.iter().try_for_each(|path| latents::check(path))?;
    let served = Served { latents: args.latents.clone(), ..Served::below(outdir) };
    let ready = |address| announce(address, &page, "Ctrl-C ends", args.open);
    serve(served, args.listen, ready).map_err(|error| refused(args.listen, &error))
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

#[cfg(unix)]
fn attach(run: &RunDir) -> Result<(), Failure> {
    crate::terminal_ui::attach(run)
}

/// Refuses `--tui` where it is not possible, before anything is made.
///
/// # Errors
/// If there is no terminal.
pub fn check_terminal() -> Result<(), Failure> {
    #[cfg(unix)]
    return crate::terminal_ui::check();
    #[cfg(not(unix))]
    Err(no_terminal())
}

/// Shows `trainer`'s run on the whole terminal, beginning with what was `said`.
///
/// # Errors
/// If there is no terminal.
#[cfg(unix)]
pub fn on_terminal(
    observers: &mut Observers<'_>,
    run: &RunDir,
    trainer: &Trainer,
    said: &[&str],
    stop: &'static AtomicBool,
) -> Result<(), Failure> {
    let mut screen = crate::terminal_ui::TerminalUi::new(run.name(), trainer, stop)?;
    said.iter().for_each(|line| screen.say(line));
    observers.add("terminal", screen);
    Ok(())
}

/// Gives the terminal back, if the run has it.
pub fn leave_terminal() {
    #[cfg(unix)]
    crate::terminal_ui::restore();
}

#[cfg(not(unix))]
fn attach(_: &RunDir) -> Result<(), Failure> {
    Err(no_terminal())
}

/// There is no such screen on this system.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn on_terminal(
    _: &mut Observers<'_>,
    _: &RunDir,
    _: &Trainer,
    _: &[&str],
    _: &'static AtomicBool,
) -> Result<(), Failure> {
    Err(no_terminal())
}

#[cfg(not(unix))]
fn no_terminal() -> Failure {
    Failure::usage("--tui is there on Linux, macOS and other Unix systems")
        .hint("without it, `gan watch` shows the run in a browser")
}
