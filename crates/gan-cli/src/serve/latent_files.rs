//! Files of latents that a picture of the explorer can start from: those in the run's folder, as
//! `gan project` keeps them, and those that `gan watch --latents` names.

use std::path::PathBuf;

use gan_model::Sampler;
use gan_run::RunDir;
use serde::Serialize;

use crate::sampling::latents::Latents;

/// Files of a run's folder that are looked at.
const MAX_FILES: usize = 64;
/// Of one of them: a thousand latents of a thousand numbers, and more.
const MAX_BYTES: u64 = 1 << 24;

/// What a page needs to know to start from them.
#[derive(Clone, Default, Serialize)]
pub struct Offer {
    files: Vec<Offered>,
    /// Why files that were named are not among them.
    problems: Vec<String>,
}

#[derive(Clone, Serialize)]
struct Offered {
    name: String,
    latents: usize,
}

/// What the generator of `sampler` takes: of the files in the folder of `run`, and of those `named`.
pub fn offer(run: &RunDir, named: &[PathBuf], sampler: &Sampler) -> Offer {
    let mut offer = Offer::default();
    for (name, path) in files(run, named) {
        match Latents::read(&path, sampler) {
            Ok(latents) => offer.files.push(Offered { name, latents: latents.len() }),
            Err(error) if named.contains(&path) => offer.problems.push(error.to_string()),
            // Another array.
            Err(_) => {}
        }
    }
    offer
}

/// The file that is offered under `name`. Nothing else of the disk is.
pub fn find(run: &RunDir, named: &[PathBuf], name: &str) -> Option<PathBuf> {
    files(run, named).into_iter().find(|(other, _)| other == name).map(|(_, path)| path)
}

/// The files by name: as it was named, or as it is called in the run's folder.
fn files(run: &RunDir, named: &[PathBuf]) -> Vec<(String, PathBuf)> {
    let named = named.iter().map(|path| (path.display().to_string(), path.clone()));
    let entries = std::fs::read_dir(run.path()).into_iter().flatten().flatten();
    let mut own: Vec<(String, PathBuf)> = entries
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "npy"))
        // Of the folder itself, not what a link in it leads to.
        .filter(|entry| {
            entry.metadata().is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES)
        })
        .filter_map(|entry| Some((entry.file_name().to_str()?.to_owned(), entry.path())))
        .collect();
    own.sort();
    own.truncate(MAX_FILES);
    named.chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_and_those_that_were_named_are_found() {
        let outdir = tempfile::tempdir().unwrap();
        let folder = outdir.path().join("00000-run");
        std::fs::create_dir(&folder).unwrap();
        for file in ["00000-run/config.json", "00000-run/own.npy", "named.npy", "secret.npy"] {
            std::fs::write(outdir.path().join(file), "").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret.npy", folder.join("link.npy")).unwrap();
        let run = RunDir::open(&folder).unwrap();
        let named = [outdir.path().join("named.npy")];
        let found = |name: &str| find(&run, &named, name);
        assert_eq!(found("own.npy"), Some(folder.join("own.npy")));
        assert_eq!(found(named[0].to_str().unwrap()), Some(named[0].clone()));
        for name in ["secret.npy", "../secret.npy", "link.npy", "named.npy", "config.json", ""] {
            assert_eq!(found(name), None, "{name}");
        }
    }
}
