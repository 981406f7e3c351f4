//! `gan project`, and what takes its latents.

use std::path::Path;

use gan_data::picture::decode_png;

use crate::program::{gan_fails, gan_ok, tiny_data, tiny_labels};

fn trained(folder: &Path, more: &[&str]) {
    let data = tiny_data(folder);
    tiny_labels(&data);
    let train = ["--data", "tiny", "--steps", "20", "--batch-size", "20"];
    gan_ok(folder, &[&train[..], more].concat());
}

#[test]
fn what_the_generator_draws_is_found_again_and_its_latents_draw_it() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    // Seeds that are not among those where the search starts.
    gan_ok(folder.path(), &["sample", "--seeds", "9001,9002", "--out", "given"]);
    let given = ["given/seed9001.png", "given/seed9002.png"];
    let flags = ["runs/00000-tutorial-tiny", "--steps", "300", "--reals", "4"];
    let found = gan_ok(folder.path(), &[&["project"], &given[..], &flags[..]].concat()).stdout;
    let distance = |name: &str| {
        let line = found.lines().find(|line| line.starts_with(name)).unwrap();
        let numbers = line[name.len()..].split_whitespace();
        numbers.rev().nth(1).unwrap().parse::<f64>().unwrap()
    };
    // Real images were not drawn by it: noise, in this set.
    assert!(distance(given[0]) < 0.02 && distance(given[1]) < 0.02, "{found}");
    assert!(distance("mean of 4 of tiny") > 0.02, "{found}");
    // What was found of the real images is known now, and the same.
    let again = gan_ok(folder.path(), &[&["project"], &given[..], &flags[..]].concat()).stdout;
    assert_eq!(found, again);
    for name in ["projection.png", "projection.gif"] {
        let told = gan_ok(folder.path(), &["info", name]).stdout;
        assert!(told.contains("gan-snapshot") && told.contains("seed9001.png"), "{told}");
    }
    let told = gan_ok(folder.path(), &["info", "projection.npy"]).stdout;
    assert!(told.contains("latents            2") && told.contains("seed9001.png"), "{told}");
    // Other latents of the same name are not what the picture speaks of.
    let mut other = std::fs::read(folder.path().join("projection.npy")).unwrap();
    *other.last_mut().unwrap() ^= 1;
    std::fs::write(folder.path().join("other.npy"), other).unwrap();
    let beside = ["projection.png", "other.png"].map(|name| folder.path().join(name));
    std::fs::copy(&beside[0], &beside[1]).unwrap();
    let told = gan_ok(folder.path(), &["info", "other.npy"]).stdout;
    assert!(told.contains("does not say where") && !told.contains("seed9001.png"), "{told}");

    gan_ok(folder.path(), &["sample", "--latents", "projection.npy", "--out", "again.png"]);
    let read = |name: &str| decode_png(&std::fs::read(folder.path().join(name)).unwrap()).unwrap();
    let (again, first) = (read("again.png"), read(given[0]));
    for row in 0..4 {
        let (found, wanted) = (&again.bytes[row * 8..][..4], &first.bytes[row * 4..][..4]);
        let near = found.iter().zip(wanted).all(|(a, b)| a.abs_diff(*b) < 20);
        assert!(near, "{found:?} {wanted:?}");
    }
    let second = ["sample", "--latents", "projection.npy", "--rows", "1", "--out", "second.png"];
    gan_ok(folder.path(), &second);
    let second = read("second.png");
    for row in 0..4 {
        assert_eq!(second.bytes[row * 4..][..4], again.bytes[row * 8 + 4..][..4]);
    }
    assert!(gan_ok(folder.path(), &["info", "second.png"]).stdout.contains("gan-rows           1"));
    let beyond = ["sample", "--latents", "projection.npy", "--rows", "1-2"];
    assert!(gan_fails(folder.path(), &beyond, 2).contains("they are 0 to 1"));
    let walk = ["interpolate", "--latents", "projection.npy", "--frames", "2", "--out", "w.webp"];
    gan_ok(folder.path(), &walk);
    assert!(gan_ok(folder.path(), &["info", "w.webp"]).stdout.contains("projection.npy"));
}

#[test]
fn a_class_can_be_asked_for_and_what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &["--conditional"]);
    gan_ok(folder.path(), &["sample", "--seeds", "3", "--class", "2", "--out", "given.png"]);
    let project = ["project", "given.png", "--steps", "5", "--reals", "0"];
    let found = gan_ok(folder.path(), &[&project[..], &["--class", "2"]].concat()).stdout;
    assert!(found.contains("class 2") && !found.contains("mean of"), "{found}");
    let told = gan_fails(folder.path(), &[&project[..], &["--class", "4"]].concat(), 2);
    assert!(told.contains("classes 0 to 3"), "{told}");
    gan_fails(folder.path(), &["project", "runs/00000-tutorial-conditional-tiny"], 2);
    gan_fails(folder.path(), &["project", "nowhere.png"], 1);
    std::fs::write(folder.path().join("bad.npy"), b"no array").unwrap();
    let told = gan_fails(folder.path(), &["sample", "--latents", "bad.npy"], 1);
    assert!(told.contains("bad.npy") && told.contains(".npy format"), "{told}");
    gan_ok(folder.path(), &["sample", "--seeds", "0-2", "--out", "images.npy"]);
    let told = gan_fails(folder.path(), &["sample", "--latents", "images.npy"], 1);
    assert!(told.contains("holds no latents") && told.contains("gan project"), "{told}");
}

#[test]
fn no_picture_is_replaced_that_is_given_or_belongs_to_a_run() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    gan_ok(folder.path(), &["sample", "--seeds", "3", "--out", "cat.png"]);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let (cat, drawn) = (read("cat.png"), read("runs/00000-tutorial-tiny/fakes-000020.png"));
    let project = ["project", "cat.png", "--steps", "2", "--reals", "0", "--out"];
    for (out, problem) in [
        ("cat.npy", "a picture to search for"),
        ("runs/00000-tutorial-tiny/fakes-000020.npy", "a picture of the run"),
        ("cat.png", ".npy"),
    ] {
        let told = gan_fails(folder.path(), &[&project[..], &[out]].concat(), 2);
        assert!(told.contains(problem), "{told}");
    }
    gan_fails(folder.path(), &[&project[..], &["no/such/place.npy"]].concat(), 1);
    assert!(cat == read("cat.png"));
    assert!(drawn == read("runs/00000-tutorial-tiny/fakes-000020.png"));
    assert!(!folder.path().join("cat.npy").exists());
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_no_file_of_latents() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    let told = gan_fails(folder.path(), &["sample", "--latents", "/dev/zero"], 1);
    assert!(told.contains("/dev/zero") && told.contains("at most"), "{told}");
}
