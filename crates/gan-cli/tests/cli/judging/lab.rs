//! `gan lab`: the list, and names that are none.

use crate::program::{gan_fails, gan_ok};

#[test]
fn without_a_name_the_demonstrations_are_listed_with_what_they_measure() {
    let folder = tempfile::tempdir().unwrap();
    let list = gan_ok(folder.path(), &["lab"]).stdout;
    for name in ["nan", "oscillation", "collapse", "counting", "structure", "perspective"] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{list}");
    }
    assert!(list.contains("measured by:") && list.contains("against it:"), "{list}");
}

#[test]
fn a_name_that_is_none_is_refused_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let told = gan_fails(folder.path(), &["lab", "fid"], 2);
    assert!(told.contains("fid") && told.contains("oscillation") && told.contains("all"), "{told}");
    assert!(!folder.path().join("lab").exists());
}
