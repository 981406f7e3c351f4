//! Folders of pictures: which are read, in which order, and which class each has.

use gan_data::{OpenOptions, Opened, open, open_with, pack};

use crate::files::{classes, folder, grey, images, labels, png};

fn opened(files: &[(&str, Vec<u8>)], options: &OpenOptions<'_>) -> Result<Opened, String> {
    open_with(folder(files).path(), options).map_err(|error| error.to_string())
}

fn message(files: &[(&str, Vec<u8>)]) -> String {
    opened(files, &OpenOptions::default()).unwrap_err()
}

#[test]
fn pictures_are_known_by_content_and_come_in_natural_order() {
    let files = [
        ("10.png", grey(10)),
        ("2.PNG", grey(0)),
        // No extension, and the wrong one.
        ("3", grey(20)),
        ("4.jpg", grey(30)),
        (".c.png", vec![]),
        ("Thumbs.db", vec![1]),
        (".ipynb_checkpoints/2.png", grey(99)),
        ("notes.txt", vec![1]),
    ];
    let Opened { set, report } = opened(&files, &OpenOptions::default()).unwrap();
    assert_eq!((set.len(), set.shape(), set.labels()), (4, [1, 2, 3], None));
    let first = |index| set.image(index).unwrap()[0];
    assert_eq!([first(0), first(1), first(2), first(3)], [0, 20, 30, 10]);
    assert_eq!(report.read["PNG"], 4);
    assert_eq!(report.ignored["hidden or litter"].files, 3);
    assert_eq!(report.ignored[".txt"].example, "notes.txt");
}

#[test]
fn colours_become_planes() {
    let folder = folder(&[("a.png", png(3, 2, vec![1, 2, 3, 11, 12, 13]))]);
    let set = open(folder.path()).unwrap();
    assert_eq!(set.shape(), [3, 1, 2]);
    assert_eq!(*set.image(0).unwrap(), [1, 11, 2, 12, 3, 13]);
}

#[test]
fn folders_at_the_top_are_classes_whatever_lies_below() {
    let files = [
        ("cat/old/1.png", grey(0)),
        ("10/1.png", grey(10)),
        ("cat/2.png", grey(20)),
        ("2/a/b/1.png", grey(30)),
    ];
    let set = opened(&files, &OpenOptions::default()).unwrap().set;
    assert_eq!(set.class_names().unwrap(), ["2", "10", "cat"]);
    assert_eq!(classes(&set), ["2", "10", "cat", "cat"]);
    // A folder that holds all the others is not one of them.
    let nested = files.clone().map(|(name, bytes)| (format!("set/{name}"), bytes));
    let nested: Vec<(&str, Vec<u8>)> =
        nested.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    assert_eq!(opened(&nested, &OpenOptions::default()).unwrap().set.checksum(), set.checksum());
    // One folder tells nothing apart.
    let one = [("cat/1.png", grey(0)), ("cat/2.png", grey(1))];
    assert_eq!(opened(&one, &OpenOptions::default()).unwrap().set.labels(), None);
}

#[test]
fn what_keeps_folders_from_being_classes_is_named() {
    let files = [("cat/1.png", grey(0)), ("dog/1.png", grey(10)), ("stray.png", grey(20))];
    let Opened { set, report } = opened(&files, &OpenOptions::default()).unwrap();
    assert_eq!((set.len(), set.labels()), (3, None));
    assert!(report.notes[0].contains("stray.png lies beside the folder cat"), "{report:?}");
    let files = [("train/1.png", grey(0)), ("test/1.png", grey(10))];
    let report = opened(&files, &OpenOptions::default()).unwrap().report;
    assert!(report.notes[0].contains("the folders test, train became classes"), "{report:?}");
}

#[test]
fn a_description_as_stylegan_has_it_decides_alone() {
    let with = |json: &str| {
        let files = [
            ("00000/a.png", grey(0)),
            ("00001/b.png", grey(10)),
            ("dataset.json", json.as_bytes().to_vec()),
        ];
        opened(&files, &OpenOptions::default()).map(|opened| opened.set)
    };
    let set = with(r#"{"labels": [["00001/b.png", 10000], ["00000/a.png", 6]]}"#).unwrap();
    assert_eq!(classes(&set), ["6", "10000"]);
    let set =
        with("\u{feff}{\"labels\": [[\"00001/b.png\", \"cat\"], [\"00000/a.png\", \"dog\"]]}");
    assert_eq!(classes(&set.unwrap()), ["dog", "cat"]);
    assert_eq!(with(r#"{"labels": null}"#).unwrap().labels(), None);
    for (wrong, why) in [
        (r#"{"labels": [["00000/a.png", 6]]}"#, "no label for the picture 00001/b.png"),
        (r#"{"labels": [["00000/a.png", 6], ["00001/b.png", 1], ["c.png", 1]]}"#, "not there"),
        (r#"{"labels": [["00000/a.png", 6], ["00001/b.png", 1], ["00000/a.png", 1]]}"#, "two"),
        (r#"{"labels": [["00000/a.png", 6.5]]}"#, "line 1 column"),
        ("{\"labels\":\n  [[\"00000/a.png\"", "line 2 column"),
        ("", "dataset.json"),
    ] {
        let message = with(wrong).unwrap_err();
        assert!(message.contains(why) && message.contains("dataset.json"), "{message}");
    }
}

#[test]
fn a_picture_that_goes_or_changes_while_the_folder_is_read_is_skipped_with_the_reason() {
    let names: Vec<String> = (0..600).map(|i| format!("{i}.png")).collect();
    let files: Vec<(&str, Vec<u8>)> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), grey(i as u8))).collect();
    let folder = folder(&files);
    // All sizes are read first, then 512 pictures at a time. Between the two, of the last ones one goes,
    // one becomes a page, and one becomes larger.
    let change = |what: &str, done: usize, total: usize| {
        assert_eq!(total, 600);
        if what == "reading pictures" && done == 1 {
            std::fs::remove_file(folder.path().join("590.png")).unwrap();
            std::fs::write(folder.path().join("591.png"), b"<html>").unwrap();
            std::fs::write(folder.path().join("592.png"), png(1, 9, vec![7; 36])).unwrap();
        }
    };
    let options =
        OpenOptions { strict: Some(false), progress: Some(&change), ..OpenOptions::default() };
    let opened = open_with(folder.path(), &options).unwrap();
    assert_eq!((opened.set.len(), opened.set.shape()), (598, [1, 2, 3]));
    let skipped: Vec<&str> = opened.report.skipped.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(skipped, ["590.png", "591.png"]);
}

#[test]
fn what_is_read_is_left_as_it_was() {
    let folder = folder(&[("a/1.png", grey(0)), ("a/2.png", vec![1, 2]), ("b/1.png", grey(9))]);
    let state = || {
        let mut files = Vec::new();
        for entry in ["a", "b"] {
            for file in std::fs::read_dir(folder.path().join(entry)).unwrap() {
                let path = file.unwrap().path();
                let changed = path.metadata().unwrap().modified().unwrap();
                files.push((std::fs::read(&path).unwrap(), changed, path));
            }
        }
        files.sort_by(|a, b| a.2.cmp(&b.2));
        files
    };
    let before = state();
    let options = OpenOptions { strict: Some(false), ..OpenOptions::default() };
    open_with(folder.path(), &options).unwrap();
    pack(folder.path(), &options, tempfile::tempdir().unwrap().path().join("set")).unwrap();
    assert_eq!(state(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn ten_thousand_classes_are_possible() {
    let list: Vec<String> =
        (0..10_000u32).map(|i| format!("[\"{i}.png\", {}]", i * 3 + 1)).collect();
    let json = format!("{{\"labels\": [{}]}}", list.join(", "));
    let names: Vec<String> = (0..10_000).map(|i| format!("{i}.png")).collect();
    let picture = grey(1);
    let mut files: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (name.as_str(), picture.clone())).collect();
    files.push(("dataset.json", json.into_bytes()));
    let set = opened(&files, &OpenOptions::default()).unwrap().set;
    assert_eq!(set.labels().unwrap()[9_999], 9_999);
    assert_eq!(set.class_names().unwrap()[9_999], "29998");
}

#[test]
fn damaged_pictures_are_skipped_up_to_one_in_a_hundred() {
    let whole = grey(0);
    let cut = whole[..whole.len() - 20].to_vec();
    let names: Vec<String> = (0..100).map(|i| format!("{i}.png")).collect();
    let mut files: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (name.as_str(), whole.clone())).collect();
    files[57].1 = cut;
    let Opened { set, report } = opened(&files, &OpenOptions::default()).unwrap();
    assert_eq!((set.len(), report.skipped[0].file.as_str()), (99, "57.png"));
    let strict = OpenOptions { strict: Some(true), ..OpenOptions::default() };
    assert!(opened(&files, &strict).unwrap_err().contains("57.png"));

    files[3].1 = b"<!DOCTYPE html><html>".to_vec();
    let message = message(&files);
    assert!(message.contains("2 of 100") && message.contains("--strict=false"), "{message}");
    let lax = OpenOptions { strict: Some(false), ..OpenOptions::default() };
    let report = opened(&files, &lax).unwrap().report;
    assert!(report.skipped.iter().any(|it| it.reason.contains("web page")), "{report:?}");
    let lines = report.lines([1, 2, 3]).join("\n");
    assert!(lines.contains("read 98 images") && lines.contains("skipped: 2 (3.png"), "{lines}");
}

#[test]
fn what_people_take_for_data_is_recognised() {
    for (bytes, what) in [
        (&b"version https://git-lfs.github.com/spec/v1\noid sha256:0"[..], "git lfs pull"),
        (b"<html>404", "web page"),
        (b"\x80\x04\x95", "numpy.savez"),
        (b"\x89HDF\r\n\x1a\n", "h5py"),
        (b"7z\xbc\xaf\x27\x1c", "unpack it"),
        (b"\0\0\0\x20ftypheic", "convert it"),
        (b"<?xml version='1.0'?><svg ", "rsvg"),
        (b"PK\x03\x04zip in a folder", "unpack it first"),
    ] {
        let message = message(&[("a.png", bytes.to_vec())]);
        assert!(message.contains("a.png") && message.contains(what), "{message}");
    }
    let message = message(&[("a.txt", vec![1]), (".hidden/a.png", grey(0))]);
    assert!(message.contains("1 .txt") && message.contains("PNG"), "{message}");
}

#[test]
fn idx_files_win_over_pictures_beside_them() {
    let files = [
        ("train-images-idx3-ubyte", images(2, 0)),
        ("train-labels-idx1-ubyte", labels(&[1, 2])),
        ("preview.png", grey(0)),
    ];
    let Opened { set, report } = opened(&files, &OpenOptions::default()).unwrap();
    assert_eq!(classes(&set), ["1", "2"]);
    assert_eq!(report.ignored["beside IDX files"].example, "preview.png");
    // What is called images need not be IDX.
    let folder = crate::files::folder(&[("images.png", grey(0)), ("images/1.png", grey(1))]);
    assert_eq!(open(folder.path()).unwrap().len(), 2);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_names_need_not_be_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    let elsewhere = folder(&[("b.png", grey(10))]);
    let folder = folder(&[("a/a.png", grey(0))]);
    symlink(elsewhere.path(), folder.path().join("b")).unwrap();
    symlink(folder.path(), folder.path().join("a/circle")).unwrap();
    std::fs::write(folder.path().join(OsStr::from_bytes(b"b/\xff.png")), grey(20)).unwrap();
    let set = open(folder.path()).unwrap();
    assert_eq!(set.len(), 3);
    assert_eq!(set.class_names().unwrap(), ["a", "b"]);
}
