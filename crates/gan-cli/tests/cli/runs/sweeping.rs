use crate::program::{process, tiny_data};

#[test]
fn a_sweep_counts_failures_per_setting_and_does_not_repeat_what_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["sweep", "--seeds", "0-1", "--loss", "non-saturating,textbook", "--samples", "50"];
    let train = ["--", "--data", "tiny", "--steps", "5", "--batch-size", "20"];
    let told = |args: &[&str]| {
        let output = process(folder.path(), args);
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stdout
    };
    let table = told(&[&args[..], &train[..]].concat());
    let row = table.lines().find(|line| line.starts_with("tutorial-textbook")).unwrap();
    assert!(row.contains(" 2 ") && table.contains("fd_pixels_50"), "{table}");
    let run =
        "sweep/tutorial-textbook-seed1/00000-tutorial-textbook-tiny/snapshot-000005.safetensors";
    let written = |path: &str| std::fs::metadata(folder.path().join(path)).unwrap().modified();
    let before = written(run).unwrap();
    assert_eq!(told(&[&args[..], &train[..]].concat()), table);
    assert_eq!(written(run).unwrap(), before);
    let other = ["--", "--data", "tiny", "--steps", "6", "--batch-size", "20"];
    let refused = process(folder.path(), &[&args[..], &other[..]].concat());
    assert_eq!(refused.code, 2);
    let refusal = refused.stderr;
    assert!(refusal.contains("--steps 5") && refusal.contains("--outdir"), "{refusal}");
    // Nor is a run that was interrupted gone on with as another one.
    std::fs::remove_file(folder.path().join("sweep/tutorial-textbook-seed1/result.json")).unwrap();
    let alone = ["sweep", "--seeds", "1", "--loss", "textbook", "--samples", "50"];
    let refused = process(folder.path(), &[&alone[..], &other[..]].concat());
    assert!(refused.code == 2 && refused.stderr.contains("--steps 5"), "{}", refused.stderr);
}

#[test]
fn a_sweep_counts_runs_whose_loss_is_not_finite_as_failed() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["sweep", "--seeds", "0", "--loss", "textbook", "--samples", "50", "--"];
    let train = ["--data", "tiny", "--steps", "60", "--batch-size", "20", "--learning-rate", "50"];
    let output = process(folder.path(), &[&args[..], &train[..]].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    let table = output.stdout;
    let row = table.lines().find(|line| line.starts_with("tutorial-textbook")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().skip(1).collect();
    // Runs, the rate of failures, not finite, collapsed, no metric.
    assert_eq!(cells, ["1", "100", "%", "1", "0", "–"], "{table}");
    assert!(table.contains("non-finite in 1 of 1"), "{table}");
}

#[test]
fn the_commands_of_a_list_train_a_run_each_and_gathered_they_are_the_sweep() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let sweep = ["sweep", "--seeds", "0-1", "--samples", "50", "--threads", "1"];
    let train = ["--", "--data", "tiny", "--steps", "5", "--batch-size", "20"];
    let gan = |between: &[&str]| process(folder.path(), &[&sweep[..], between, &train].concat());

    let listed = gan(&["--list"]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    let commands: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(
        commands,
        [0, 1].map(|seed| format!(
            "gan sweep --outdir sweep --preset tutorial --seeds {seed} --samples 50 --threads 1 -- --data \
             tiny --steps 5 --batch-size 20"
        ))
    );
    assert!(!folder.path().join("sweep").exists());

    let nothing = gan(&["--gather"]);
    assert_eq!(nothing.code, 1);
    assert!(nothing.stderr.contains("of 2 runs, 0 failed and 2 missing"), "{}", nothing.stderr);

    let words: Vec<&str> = commands[1].split(' ').skip(1).collect();
    let one = process(folder.path(), &words);
    assert_eq!(one.code, 0, "{}", one.stderr);
    let half = gan(&["--gather"]);
    assert_eq!(half.code, 0, "{}", half.stderr);
    assert!(half.stderr.contains("missing, and not in the table: 1 of 2 runs"), "{}", half.stderr);
    assert!(half.stderr.contains("tutorial-seed0: not begun"), "{}", half.stderr);
    assert!(half.stdout.lines().any(|line| line.starts_with("tutorial ") && line.contains(" 1 ")));

    // The rest at a time, and all of it is what one after the other gives.
    let all = gan(&["--jobs", "2"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    let gathered = gan(&["--gather"]);
    assert_eq!(gathered.stdout, all.stdout);
    assert!(!gathered.stderr.contains("missing"), "{}", gathered.stderr);
    let page = std::fs::read_to_string(folder.path().join("sweep/report.html")).unwrap();
    assert_eq!(page.matches("<img class=\"grid\" data-run=").count(), 2, "samples of each run");
}

#[test]
fn a_run_of_a_list_that_failed_is_counted_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let sweep = ["sweep", "--seeds", "0", "--samples", "50"];
    let train = ["--", "--data", "tiny", "--steps", "5", "--batch-size", "20000"];
    let gan = |between: &[&str]| process(folder.path(), &[&sweep[..], between, &train].concat());
    assert_eq!(gan(&[]).code, 1);
    let gathered = gan(&["--gather"]);
    assert_eq!(gathered.code, 1);
    assert!(gathered.stderr.contains("1 failed and 0 missing"), "{}", gathered.stderr);
}
