//! `mpirun`, its processes, and what they say.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::files::newest;
use crate::{Outcome, program};

/// `mpirun` with what it started.
pub struct Ranks {
    pub child: Child,
    said: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
}

/// What became of them.
pub struct Done {
    pub success: bool,
    pub said: Vec<String>,
}

/// `-n COUNT gan ARGS`.
pub fn ranks<'a>(count: usize, args: &[&'a str]) -> Vec<&'a str> {
    // A few strings for as long as the checks run.
    let gan: &'static str = program("gan").display().to_string().leak();
    let count: &'static str = count.to_string().leak();
    [&["-n", count, gan][..], args].concat()
}

impl Ranks {
    pub fn start(folder: &Path, args: &[&str]) -> Result<Self, String> {
        eprintln!("$ mpirun {}", args.join(" "));
        let mut command = Command::new("mpirun");
        command.args(["--oversubscribe", "--bind-to", "none"]).args(args).current_dir(folder);
        // Containers run as root, which mpirun refuses otherwise.
        for name in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] {
            command.env(name, "1");
        }
        Self::of(&mut command)
    }

    pub fn of(command: &mut Command) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut readers = Vec::new();
        let stdout = child.stdout.take().map(|out| Box::new(out) as Box<dyn std::io::Read + Send>);
        let stderr = child.stderr.take().map(|err| Box::new(err) as Box<dyn std::io::Read + Send>);
        for pipe in [stdout, stderr].into_iter().flatten() {
            let said = said.clone();
            readers.push(std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    said.lock().expect("nobody panics with it").push(line);
                }
            }));
        }
        Ok(Self { child, said, readers })
    }

    fn lines(&self) -> Vec<String> {
        self.said.lock().expect("nobody panics with it").clone()
    }

    pub fn wait(mut self) -> Done {
        let success = self.child.wait().is_ok_and(|status| status.success());
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
        Done { success, said: self.lines() }
    }

    /// The process of a rank: `rank 1 on HOST (process 123): …`.
    pub fn process_of(&self, rank: usize) -> Result<u32, String> {
        self.until("the ranks", || {
            let lines = self.lines();
            let line = lines.iter().find(|line| line.starts_with(&format!("rank {rank} on ")))?;
            line.split_once("(process ")?.1.split_once(')')?.0.parse().ok()
        })
    }

    /// The run folder, once there is a checkpoint in it.
    pub fn until_checkpoint(&self, outdir: &Path) -> Result<PathBuf, String> {
        self.until("a checkpoint", || {
            let run = newest(outdir).ok()?;
            run.join("checkpoint.safetensors").is_file().then_some(run)
        })
    }

    fn until<T>(&self, what: &str, find: impl Fn() -> Option<T>) -> Result<T, String> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if let Some(found) = find() {
                return Ok(found);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{what} did not come within a minute:\n{}", self.lines().join("\n")))
    }
}

impl Done {
    pub fn text(&self) -> String {
        self.said.join("\n")
    }

    pub fn ok(self, what: &str) -> Outcome {
        check_that(self.success, what, &self)
    }
}

pub fn check_that(holds: bool, what: &str, done: &Done) -> Outcome {
    match holds {
        true => Ok(()),
        false => {
            Err(format!("{what}: not as promised; mpirun and the ranks said:\n{}", done.text()))
        }
    }
}

pub fn signal_to(process: u32, signal: &str) -> Outcome {
    crate::run("kill".into(), &[signal, &process.to_string()], Path::new("."))
}
