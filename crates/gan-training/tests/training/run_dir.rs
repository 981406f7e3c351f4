//! Run folders.
#![cfg(feature = "files")]

use std::fs;

use gan_training::{RunDir, RunDirError, write_file};
use tempfile::tempdir;

#[test]
fn run_folders_are_numbered_one_above_the_highest() {
    let runs = tempdir().unwrap();
    let name = |run: &RunDir| run.path().file_name().unwrap().to_string_lossy().into_owned();
    let first = RunDir::create(&runs.path().join("new"), "tutorial-mnist").unwrap();
    assert_eq!(name(&first), "00000-tutorial-mnist");
    fs::create_dir(runs.path().join("new/00041-other")).unwrap();
    fs::create_dir(runs.path().join("new/notes")).unwrap();
    fs::write(runs.path().join("new/00099-a-file"), "").unwrap();
    let next = RunDir::create(&runs.path().join("new"), "tutorial-mnist").unwrap();
    assert_eq!(name(&next), "00042-tutorial-mnist");
}

#[test]
fn a_folder_with_the_last_number_there_is_stops_nobody() {
    let runs = tempdir().unwrap();
    fs::create_dir(runs.path().join("4294967295-run")).unwrap();
    let run = RunDir::create(runs.path(), "run").unwrap();
    assert_eq!(run.path(), runs.path().join("00000-run"));
}

#[test]
fn runs_that_start_at_the_same_time_get_folders_of_their_own() {
    let runs = tempdir().unwrap();
    let start = || RunDir::create(runs.path(), "run").unwrap();
    let open: Vec<RunDir> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(open.len(), 8);
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 8);
}

#[test]
fn the_latest_run_is_the_highest_that_has_a_configuration() {
    let runs = tempdir().unwrap();
    assert!(matches!(RunDir::latest(runs.path()), Err(RunDirError::NoRun(_))));
    assert!(matches!(RunDir::latest(&runs.path().join("missing")), Err(RunDirError::NoRun(_))));
    for _ in 0..2 {
        RunDir::create(runs.path(), "run").unwrap().write("config.json", b"{}").unwrap();
    }
    // Killed before it had written anything.
    RunDir::create(runs.path(), "run").unwrap();
    assert_eq!(RunDir::latest(runs.path()).unwrap(), runs.path().join("00001-run"));
}

#[test]
fn a_run_in_use_is_refused_until_it_is_free() {
    let runs = tempdir().unwrap();
    let run = RunDir::create(runs.path(), "run").unwrap();
    let path = run.path().to_owned();
    let error = RunDir::open(&path).unwrap_err();
    assert!(matches!(error, RunDirError::InUse(_)), "{error}");
    drop(run);
    assert!(RunDir::open(&path).is_ok());
    assert!(matches!(RunDir::open(&runs.path().join("none")), Err(RunDirError::NoRun(_))));
}

#[test]
fn a_file_is_written_whole_or_not_at_all_and_leaves_nothing_beside_it() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    write_file(&path, b"first").unwrap();
    write_file(&path, b"second").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    // A folder stands where the file should be: the old state survives, the error names the place.
    let taken = folder.path().join("taken");
    fs::create_dir(&taken).unwrap();
    let error = write_file(&taken, b"third").unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
    assert!(taken.is_dir());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    let error = write_file(&folder.path().join("no/where"), b"fourth").unwrap_err();
    assert!(matches!(error, RunDirError::Io { .. }), "{error}");
}
