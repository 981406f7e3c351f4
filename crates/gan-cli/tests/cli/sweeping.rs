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
}
