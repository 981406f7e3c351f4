//! ZIP files of pictures.

use crate::made::{grey, open_bytes, png, zipped};

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
    assert_eq!(set.image(1).unwrap(), [10, 11, 12, 13, 14, 15]);
    assert_eq!(set.labels(), Some(&[0, 1][..]));

    let json = br#"{"labels": [["0/a.png", 7], ["1/b.png", 3]]}"#.to_vec();
    let described = [&files[..2], &[("dataset.json", json)]].concat();
    // What an archive is called does not matter.
    let set = open_bytes("set", &zipped(&described)).unwrap();
    assert_eq!(set.labels(), Some(&[7, 3][..]));
}

#[test]
fn an_archive_cut_short_anywhere_is_refused() {
    let whole = zipped(&[("a.png", grey(0)), ("b.png", grey(1))]);
    for length in 0..whole.len() {
        open_bytes("cut.zip", &whole[..length]).unwrap_err();
    }
}

#[test]
fn a_damaged_entry_is_named() {
    let mut bytes = zipped(&[("a.png", grey(0)), ("b.png", grey(1))]);
    let name = bytes.windows(5).position(|window| window == b"b.png").unwrap();
    bytes[name + 20] ^= 0xff;
    let message = open_bytes("damaged.zip", &bytes).unwrap_err();
    assert!(message.contains("damaged.zip/b.png"), "{message}");
}

#[test]
fn an_odd_picture_and_an_empty_archive_are_refused_by_name() {
    let files = [("a.png", grey(0)), ("b.png", png(3, 3, vec![0; 18]))];
    let message = open_bytes("odd.zip", &zipped(&files)).unwrap_err();
    assert!(message.contains("odd.zip/b.png"), "{message}");
    for files in [&[][..], &[("a.jpg", vec![0])]] {
        let message = open_bytes("empty.zip", &zipped(files)).unwrap_err();
        assert!(message.contains("no PNG pictures inside"), "{message}");
    }
}

#[test]
fn an_entry_that_unpacks_to_more_than_any_small_picture_is_refused() {
    let bomb = zipped(&[("bomb.png", vec![0; (1 << 26) + 1])]);
    assert!(bomb.len() < 100_000);
    let message = open_bytes("bomb.zip", &bomb).unwrap_err();
    assert!(message.contains("bomb.zip/bomb.png: unpacks to more"), "{message}");
}
