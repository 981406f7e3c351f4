//! Run folders.

use std::fs;

use gan_run::{RunDir, RunError, RunWriter, names, write_file};
use tempfile::tempdir;

use crate::config;

#[test]
fn run_folders_are_numbered_one_above_the_highest() {
    let runs = tempdir().unwrap();
    let outdir = runs.path().join("new");
    let first = RunWriter::create(&outdir, &config()).unwrap();
    assert_eq!(first.dir().name(), "00000-tutorial-mnist");
    fs::create_dir(outdir.join("00041-other")).unwrap();
    fs::create_dir(outdir.join("notes")).unwrap();
    fs::write(outdir.join("00099-a-file"), "").unwrap();
    let next = RunWriter::create(&outdir, &config()).unwrap();
    assert_eq!(next.dir().name(), "00042-tutorial-mnist");
}

#[test]
fn a_folder_with_the_last_number_there_is_stops_nobody() {
    let runs = tempdir().unwrap();
    fs::create_dir(runs.path().join("4294967295-run")).unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    assert_eq!(run.path(), runs.path().join("00000-tutorial-mnist"));
}

#[test]
fn runs_that_start_at_the_same_time_get_folders_of_their_own() {
    let runs = tempdir().unwrap();
    let start = || RunWriter::create(runs.path(), &config()).unwrap();
    let open: Vec<RunWriter> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(open.len(), 8);
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 8);
}

#[test]
fn the_latest_run_is_the_highest_that_has_a_configuration() {
    let runs = tempdir().unwrap();
    assert!(matches!(RunDir::latest(runs.path()), Err(RunError::NoRun(_))));
    assert!(matches!(RunDir::latest(&runs.path().join("missing")), Err(RunError::NoRun(_))));
    for _ in 0..2 {
        RunWriter::create(runs.path(), &config()).unwrap();
    }
    // Killed before it had written anything.
    fs::create_dir(runs.path().join("00002-tutorial-mnist")).unwrap();
    let latest = RunDir::latest(runs.path()).unwrap();
    assert_eq!(latest.path(), runs.path().join("00001-tutorial-mnist"));
    assert_eq!(RunDir::list(runs.path()).unwrap().len(), 2);
}

#[test]
fn a_run_in_use_can_be_read_but_not_locked_until_it_is_free() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    let path = run.path().to_owned();
    let error = RunWriter::open(&path).unwrap_err();
    assert!(matches!(error, RunError::InUse(_)), "{error}");
    assert_eq!(RunDir::open(&path).unwrap().config().unwrap(), config());
    drop(run);
    assert!(RunWriter::open(&path).is_ok());
}

#[test]
fn a_folder_that_is_no_run_is_refused_and_left_as_it_was() {
    let folder = tempdir().unwrap();
    for path in [folder.path().to_owned(), folder.path().join("none")] {
        assert!(matches!(RunWriter::open(&path), Err(RunError::NoRun(_))));
        assert!(matches!(RunDir::open(&path), Err(RunError::NoRun(_))));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn grids_and_snapshots_are_found_by_their_step() {
    let runs = tempdir().unwrap();
    let run = RunWriter::create(runs.path(), &config()).unwrap();
    assert_eq!(run.dir().newest_snapshot(), None);
    for step in [2_000_000, 0, 30] {
        run.write(&names::fakes(step), b"picture").unwrap();
        run.write(&names::snapshot(step), b"weights").unwrap();
    }
    run.write("fakes-last.png", b"not ours").unwrap();
    let steps: Vec<u64> = run.dir().fakes().iter().map(|&(step, _)| step).collect();
    assert_eq!(steps, [0, 30, 2_000_000]);
    let newest = run.dir().newest_snapshot().unwrap();
    assert_eq!(newest, run.path().join("snapshot-2000000.safetensors"));
    assert_eq!(RunDir::holding(&newest).unwrap(), *run.dir());
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
    assert!(matches!(error, RunError::Io { .. }), "{error}");
}
