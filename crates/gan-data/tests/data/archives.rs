//! ZIP files of pictures.

use crate::files::{classes, folder, grey, gzipped, open_bytes, zipped};

#[test]
fn an_archive_is_what_the_folder_is() {
    let files = [
        ("1/b.png", grey(10)),
        ("0/a.png", grey(0)),
        ("__MACOSX/0/._a.png", vec![]),
        ("notes.txt", vec![1]),
    ];
    let set = open_bytes("set.zip", &zipped(&files)).unwrap();
    assert_eq!((set.len(), set.shape(), set.name()), (2, [1, 2, 3], "set"));
    assert_eq!(*set.image(1).unwrap(), [10, 11, 12, 13, 14, 15]);
    assert_eq!(classes(&set), ["0", "1"]);

    let json = br#"{"labels": [["0/a.png", 7], ["1/b.png", 3]]}"#.to_vec();
    let described = [&files[..2], &[("dataset.json", json)]].concat();
    // What an archive is called does not matter.
    let set = open_bytes("set", &zipped(&described)).unwrap();
    assert_eq!(classes(&set), ["7", "3"]);
}

#[test]
fn names_that_lead_out_of_an_archive_are_names_and_write_nothing() {
    let place = folder(&[]);
    let inner = place.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    let names = [("../../x.png", grey(0)), ("/etc/y.png", grey(1)), ("..\\z.png", grey(2))];
    std::fs::write(inner.join("set.zip"), zipped(&names)).unwrap();
    let opened = gan_data::open(inner.join("set.zip"));
    assert!(opened.is_ok_and(|set| set.len() == 3));
    for folder in [place.path(), &place.path().join("a"), &inner] {
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "{}", folder.display());
    }
    assert!(!std::path::Path::new("/etc/y.png").exists());
}

#[test]
fn an_archive_cut_short_anywhere_is_refused() {
    let whole = zipped(&[("a.png", grey(0)), ("b.png", grey(1))]);
    for length in 0..whole.len() {
        open_bytes("cut.zip", &whole[..length]).unwrap_err();
    }
}

#[test]
fn a_damaged_entry_is_skipped_and_named() {
    let mut bytes = zipped(&[("a.png", grey(0)), ("b.png", grey(1))]);
    let name = bytes.windows(5).position(|window| window == b"b.png").unwrap();
    bytes[name + 20] ^= 0xff;
    let message = open_bytes("damaged.zip", &bytes).unwrap_err();
    assert!(message.contains("1 of 2 pictures") && message.contains("b.png"), "{message}");
}

#[test]
fn an_archive_without_pictures_is_refused_with_what_is_in_it() {
    for (files, what) in [(&[][..], "it is empty"), (&[("a.jpg", vec![0])], "a.jpg")] {
        let message = open_bytes("empty.zip", &zipped(files)).unwrap_err();
        assert!(message.contains("no images here") && message.contains(what), "{message}");
    }
}

#[test]
fn an_entry_that_unpacks_to_more_than_any_picture_is_skipped() {
    let mut bomb = grey(0);
    bomb.resize((1 << 28) + 1, 0);
    let bytes = zipped(&[("bomb.png", bomb), ("a.png", grey(0))]);
    assert!(bytes.len() < 1_000_000);
    let message = open_bytes("bomb.zip", &bytes).unwrap_err();
    assert!(message.contains("bomb.png: more than 268435456 bytes"), "{message}");
}

#[test]
fn a_tar_is_what_the_folder_is_gzipped_or_not() {
    let mut builder = tar::Builder::new(Vec::new());
    // Not in the order of the names.
    for (name, bytes) in [("./1/b.png", grey(10)), ("./0/a.png", grey(0))] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    for bytes in [&bytes, &gzipped(&bytes)] {
        let set = open_bytes("set.tar", bytes).unwrap();
        assert_eq!((set.len(), set.shape(), set.name()), (2, [1, 2, 3], "set"));
        assert_eq!(set.image(0).unwrap()[0], 0);
        assert_eq!(classes(&set), ["0", "1"]);
    }
    for length in (1..bytes.len().min(2_000)).step_by(7) {
        // Cut short, it is refused or has fewer pictures; it is no panic.
        let _ = open_bytes("cut.tar", &bytes[..length]);
    }
}
