//! Processes that train one run together: who they are, what rank 0 says for all, and how they fail.
//!
//! Rank 0 alone speaks, writes files and measures. What can be refused is refused on all ranks at once, in
//! one message of rank 0.

use std::path::Path;
use std::sync::Arc;

use gan_collective::{Collective, Single, agree};
use gan_training::{SharingError, Trainer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::flags::{self, Engine};
use crate::{machine, terminal};

/// This process among those that train together; alone where nobody else was asked for.
pub struct Group {
    ranks: Arc<dyn Collective>,
    local: Local,
    #[cfg(feature = "mpi")]
    mpi: Option<Arc<gan_mpi::Mpi>>,
}

/// The ranks of this host.
#[derive(Clone, Copy, Debug)]
struct Local {
    rank: usize,
    ranks: usize,
}

/// What launchers set in the environment of what they start: Open MPI, MPICH and Intel MPI, Slurm.
#[cfg(feature = "mpi")]
const LAUNCHERS: [&str; 5] =
    ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "SLURM_PROCID"];

impl Group {
    /// Joins the others, if any are asked for.
    ///
    /// # Errors
    /// If this build has no MPI, or nobody started several processes.
    pub fn join(engine: Option<Engine>) -> Result<Self, Failure> {
        match engine {
            None => Ok(Self::alone()),
            Some(Engine::Mpi) => Self::of_mpi(),
        }
    }

    fn alone() -> Self {
        Self {
            ranks: Arc::new(Single),
            local: Local { rank: 0, ranks: 1 },
            #[cfg(feature = "mpi")]
            mpi: None,
        }
    }

    #[cfg(not(feature = "mpi"))]
    fn of_mpi() -> Result<Self, Failure> {
        // Every rank comes here, but one speaks. The others end well: at an exit code other than 0 a launcher
        // might end that one before it has spoken.
        let rank = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"];
        let rank = rank.iter().find_map(|name| std::env::var(name).ok());
        if rank.is_some_and(|rank| rank != "0") {
            return Err(Failure::silent());
        }
        Err(Failure::usage("--distributed mpi: this build of gan has no MPI").hint(
            "build it in: cargo build -p gan-cli --features mpi, which takes libopenmpi-dev, openmpi-bin \
             and libclang-dev (Debian, Ubuntu)",
        ))
    }

    #[cfg(feature = "mpi")]
    fn of_mpi() -> Result<Self, Failure> {
        // Without a launcher MPI would try to start one, and speak of that rather than of mpirun.
        if !LAUNCHERS.iter().any(|name| std::env::var_os(name).is_some()) {
            return Err(Failure::usage(
                "--distributed mpi: no launcher of MPI has started this process",
            )
            .hint("mpirun -n 2 gan train … --distributed mpi, or srun within a Slurm job"));
        }
        let mpi = gan_mpi::Mpi::start()
            .map_err(|error| Failure::new(format!("--distributed mpi: {error}")))?;
        let local = Local { rank: mpi.local_rank(), ranks: mpi.local_ranks() };
        let mpi = Arc::new(mpi);
        let group = Self { ranks: mpi.clone(), local, mpi: Some(mpi) };
        let version = ("version of gan".to_owned(), crate::VERSION.to_owned());
        match agree(&*group.ranks, &[version]) {
            Ok(()) => Ok(group),
            Err(error) => {
                let failure = Failure::usage(error.to_string())
                    .hint("install the same version on every host; gan --version says which it is");
                // Said before anybody ends, and once.
                if group.is_first() {
                    failure.report(flags::flag_of);
                }
                Err(failure.silenced())
            }
        }
    }

    /// Whether this process speaks and writes for all.
    pub fn is_first(&self) -> bool {
        self.ranks.rank() == 0
    }

    /// Whether there is more than this process.
    pub fn is_shared(&self) -> bool {
        self.ranks.ranks() > 1
    }

    /// This rank among those of its host: which of the host's GPUs is ours.
    pub fn local_rank(&self) -> usize {
        self.local.rank
    }

    /// Threads of this rank, where the command line names none: its fair part of the host's cores, at most
    /// the two that a step can keep busy.
    pub fn threads(&self, asked: Option<usize>) -> Option<usize> {
        asked.or_else(|| self.is_shared().then(|| self.own_cores().clamp(1, 2)))
    }

    /// Threads of this rank in an evaluation, where the command line names none: all of its part of the cores.
    pub fn evaluation_threads(&self, asked: Option<usize>) -> usize {
        asked.unwrap_or_else(|| self.own_cores())
    }

    /// Cores for this rank: those that the launcher has bound it to, or its part of those of the host.
    fn own_cores(&self) -> usize {
        machine::cores().min((machine::cores_of_host() / self.local.ranks).max(1))
    }

    /// What there is to say of the ranks, before the training: where each is, and hosts with too few cores.
    pub fn describe(&self, threads: Option<usize>, device: &str) -> Vec<String> {
        if !self.is_shared() {
            return Vec::new();
        }
        let threads = self.threads(threads).unwrap_or(1);
        let taken = threads * self.local.ranks;
        let cores = machine::cores_of_host().min(machine::cores() * self.local.ranks);
        let crowded = (self.local.rank == 0 && taken > cores).then(|| {
            format!(
                "warning: {} has {} for {} ranks of {}, which take turns and wait for each other: take fewer \
                 ranks on it{}",
                self.ranks.host(),
                terminal::count(cores as u64, "core"),
                self.local.ranks,
                terminal::count(threads as u64, "thread"),
                if threads > 1 { ", or --threads 1" } else { "" }
            )
        });
        let own = format!(
            "rank {} on {} (process {}): {device}, {}\n{}",
            self.ranks.rank(),
            self.ranks.host(),
            std::process::id(),
            terminal::count(threads as u64, "thread"),
            crowded.unwrap_or_default()
        );
        let said = self.ranks.gather(own.as_bytes());
        let said: Vec<String> =
            said.iter().map(|said| String::from_utf8_lossy(said).into()).collect();
        let lines = |which: usize| said.iter().filter_map(move |said| said.split('\n').nth(which));
        let all = lines(0).chain(lines(1).filter(|line| !line.is_empty()));
        all.map(str::to_owned).collect()
    }

    /// Goes on only where every rank can.
    ///
    /// # Errors
    /// On every rank if any has failed; rank 0's says who and why.
    pub fn together<T>(&self, own: Result<T, Failure>) -> Result<T, Failure> {
        if !self.is_shared() {
            return own;
        }
        let text = own.as_ref().err().map(|failure| failure.lines().collect::<Vec<_>>().join("\n"));
        let said = self
            .ranks
            .gather(format!("{}\0{}", self.ranks.host(), text.unwrap_or_default()).as_bytes());
        let own = own?;
        for (rank, said) in said.iter().enumerate() {
            let said = String::from_utf8_lossy(said);
            if let Some((host, text)) = said.split_once('\0').filter(|(_, text)| !text.is_empty()) {
                let mut lines = text.splitn(2, '\n');
                let message = lines.next().unwrap_or_default();
                let failure = Failure::new(format!("rank {rank} on {host}: {message}"));
                return Err(match lines.next() {
                    Some(hint) => failure.hint(hint),
                    None => failure,
                });
            }
        }
        Ok(own)
    }

    /// What rank 0 makes of `work`, which the others do not do.
    ///
    /// # Errors
    /// On every rank if rank 0 has failed.
    pub fn on_first<T>(
        &self,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        self.together(self.is_first().then(work).transpose())
    }

    /// Bytes that rank 0 has.
    pub fn bytes_of_first(&self, bytes: &[u8]) -> Vec<u8> {
        self.ranks.broadcast(0, bytes)
    }

    /// What rank 0 has, on every rank.
    ///
    /// # Errors
    /// On every rank if rank 0 has failed.
    pub fn value_of_first<T: Serialize + DeserializeOwned>(
        &self,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let own = self.on_first(work)?;
        let json = own.as_ref().map(|own| serde_json::to_vec(own).expect("plain data"));
        let json = self.bytes_of_first(&json.unwrap_or_default());
        match own {
            Some(own) => Ok(own),
            None => serde_json::from_slice(&json)
                .map_err(|error| Failure::new(format!("what rank 0 has said: {error}"))),
        }
    }

    /// The trainer, shared with the others.
    ///
    /// # Errors
    /// The same on all ranks, if they differ or cannot share a batch.
    pub fn share(&self, backend: &str, trainer: Trainer) -> Result<Trainer, Failure> {
        if !self.is_shared() {
            return Ok(trainer);
        }
        let facts = [("backend".to_owned(), backend.to_owned())];
        agree(&*self.ranks, &facts).map_err(|error| Failure::usage(error.to_string()))?;
        trainer.among(self.ranks.clone()).map_err(|error| match error {
            SharingError::Config(error) => error.into(),
            SharingError::Differ(error) => Failure::usage(error.to_string())
                .hint("start every rank with the same program, flags, configuration and data"),
        })
    }

    /// What rank 0 does while the others wait for its first step: where it fails, all end.
    ///
    /// # Errors
    /// If `done` is one and there are no others.
    pub fn must<T, E: Into<Failure>>(&self, done: Result<T, E>) -> Result<T, Failure> {
        done.map_err(|error| {
            let failure = error.into();
            self.fail_alone(&failure);
            failure
        })
    }

    /// Ends all ranks where this one fails while the others wait for it; says why.
    pub fn fail_alone(&self, failure: &Failure) {
        if self.is_shared() {
            let code = failure.report(flags::flag_of);
            self.abort(code);
        }
    }

    #[cfg(feature = "mpi")]
    fn abort(&self, code: u8) {
        if let Some(mpi) = &self.mpi {
            mpi.abort(code);
        }
    }

    #[cfg(not(feature = "mpi"))]
    fn abort(&self, _: u8) {}
}

/// The name of a folder that rank 0 has chosen, on every rank.
pub fn path_of_first(
    group: &Group,
    choose: impl FnOnce() -> Result<std::path::PathBuf, Failure>,
) -> Result<std::path::PathBuf, Failure> {
    if !group.is_shared() {
        return choose();
    }
    let text = group.value_of_first(|| {
        let path = choose()?;
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| {
            Failure::usage(format!("{}: ranks share paths of UTF-8 only", path.display()))
        })
    })?;
    Ok(Path::new(&text).to_owned())
}
