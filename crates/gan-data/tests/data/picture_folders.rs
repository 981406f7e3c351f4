//! Folders of PNG pictures.

use gan_data::open;

use crate::made::{folder, grey, images, labels, png};

fn message(files: &[(&str, Vec<u8>)]) -> String {
    open(folder(files).path()).unwrap_err().to_string()
}

#[test]
fn a_flat_folder_is_its_pictures_in_the_order_of_their_names() {
    let folder = folder(&[
        ("b.png", grey(10)),
        ("a.PNG", grey(0)),
        (".c.png", vec![]),
        ("notes.txt", vec![1]),
    ]);
    let set = open(folder.path()).unwrap();
    assert_eq!((set.len(), set.shape(), set.labels()), (2, [1, 2, 3], None));
    assert_eq!(set.image(0).unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(set.image(1).unwrap(), [10, 11, 12, 13, 14, 15]);
    assert_eq!(set.name(), folder.path().file_name().unwrap().to_string_lossy());
}

#[test]
fn colours_become_planes() {
    let folder = folder(&[("a.png", png(3, 2, vec![1, 2, 3, 11, 12, 13]))]);
    let set = open(folder.path()).unwrap();
    assert_eq!(set.shape(), [3, 1, 2]);
    assert_eq!(set.image(0).unwrap(), [1, 11, 2, 12, 3, 13]);
}

#[test]
fn folders_below_are_classes_in_sorted_order() {
    let set = open(
        folder(&[
            ("test/cat/1.png", grey(0)),
            ("train/dog/1.png", grey(10)),
            ("train/cat/2.png", grey(20)),
        ])
        .path(),
    );
    // In the order of the paths: test/cat, train/cat, train/dog.
    assert_eq!(set.unwrap().labels(), Some(&[0, 0, 1][..]));
    // One folder tells nothing apart, and a picture outside has no class.
    for other in ["cat/2.png", "2.png"] {
        let set = open(folder(&[("cat/1.png", grey(0)), (other, grey(10))]).path()).unwrap();
        assert_eq!((set.len(), set.labels()), (2, None), "{other}");
    }
}

#[test]
fn a_description_as_stylegan_has_it_decides_alone() {
    let with = |json: &str| {
        let files = [
            ("00000/a.png", grey(0)),
            ("00001/b.png", grey(10)),
            ("dataset.json", json.as_bytes().to_vec()),
        ];
        open(folder(&files).path()).map_err(|error| error.to_string())
    };
    let labelled = with(r#"{"labels": [["00001/b.png", 255], ["00000/a.png", 6]]}"#).unwrap();
    assert_eq!(labelled.labels(), Some(&[6, 255][..]));
    assert_eq!(with(r#"{"labels": null}"#).unwrap().labels(), None);
    for (wrong, why) in [
        (r#"{"labels": [["00000/a.png", 6]]}"#, "00001/b.png"),
        (r#"{"labels": [["00000/a.png", 6], ["00001/b.png", 256]]}"#, "256"),
        (r#"{"labels": [["00000/a.png", -1]]}"#, "dataset.json"),
        (r#"{"labels": "#, "dataset.json"),
        ("", "dataset.json"),
    ] {
        let message = with(wrong).unwrap_err();
        assert!(message.contains(why) && message.contains("dataset.json"), "{message}");
    }
}

#[test]
fn the_first_picture_of_another_size_or_colour_is_named() {
    for odd in [png(1, 2, vec![0; 6]), png(1, 3, vec![0; 3]), png(3, 3, vec![0; 18])] {
        let message = message(&[("a.png", grey(0)), ("b.png", odd), ("c.png", grey(1))]);
        assert!(message.contains("b.png") && message.contains("a.png is one of"), "{message}");
    }
}

#[test]
fn a_corrupt_picture_is_named() {
    let whole = grey(0);
    let cut = whole[..whole.len() - 20].to_vec();
    for corrupt in [vec![], b"JFIF".to_vec(), cut] {
        let message = message(&[("a.png", grey(0)), ("sub/b.png", corrupt)]);
        assert!(message.contains("sub/b.png"), "{message}");
    }
}

#[test]
fn a_folder_without_pictures_is_refused_with_what_to_put_there() {
    for files in [&[][..], &[("a.jpg", vec![1])], &[(".hidden/a.png", grey(0))]] {
        let message = message(files);
        assert!(message.contains("PNG") && message.contains("idx3-ubyte"), "{message}");
    }
}

#[test]
fn idx_files_win_over_pictures_beside_them() {
    let folder = folder(&[
        ("train-images-idx3-ubyte", images(2, 0)),
        ("train-labels-idx1-ubyte", labels(&[1, 2])),
        ("preview.png", grey(0)),
    ]);
    assert_eq!(open(folder.path()).unwrap().labels(), Some(&[1, 2][..]));
    // What is called images need not be IDX.
    let folder = crate::made::folder(&[("images.png", grey(0)), ("images/1.png", grey(1))]);
    assert_eq!(open(folder.path()).unwrap().len(), 2);
}
