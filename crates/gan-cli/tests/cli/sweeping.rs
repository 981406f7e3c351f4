use crate::program::{gan_fails, gan_ok, tiny_data};

#[test]
fn a_sweep_counts_failures_per_recipe_and_does_not_repeat_what_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["sweep", "--seeds", "0-1", "--loss", "non-saturating,textbook", "--samples", "50"];
    let train = ["--", "--data", "tiny", "--steps", "5", "--batch-size", "20"];
    let told = |args: &[&str]| String::from_utf8(gan_ok(folder.path(), args).stdout).unwrap();
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
    let refusal = gan_fails(folder.path(), &[&args[..], &other[..]].concat(), 2);
    assert!(refusal.contains("--steps 5") && refusal.contains("--outdir"), "{refusal}");
}

#[test]
fn a_sweep_counts_runs_whose_loss_is_not_finite_as_failed() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    let args = ["sweep", "--seeds", "0", "--loss", "textbook", "--samples", "50", "--"];
    let train = ["--data", "tiny", "--steps", "60", "--batch-size", "20", "--learning-rate", "50"];
    let output = gan_ok(folder.path(), &[&args[..], &train[..]].concat());
    let table = String::from_utf8(output.stdout).unwrap();
    let row = table.lines().find(|line| line.starts_with("tutorial-textbook")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().skip(1).collect();
    // Runs, the rate of failures, not finite, collapsed, no metric.
    assert_eq!(cells, ["1", "100", "%", "1", "0", "–"], "{table}");
}
