//! NumPy's arrays.

use gan_data::ImageSet;

use crate::files::{classes, npy, npy_with_header, open_bytes, zipped};

fn open_npy(bytes: &[u8]) -> Result<ImageSet, String> {
    open_bytes("array.npy", bytes)
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn the_place_of_the_channels_is_read_from_the_shape() {
    let bytes: Vec<u8> = (0..24).collect();
    for (shape, image, first) in [
        ("(4, 2, 3)", [1, 2, 3], vec![0, 1, 2, 3, 4, 5]),
        ("(3, 1, 4, 2)", [1, 4, 2], vec![0, 1, 2, 3, 4, 5, 6, 7]),
        ("(3, 2, 4, 1)", [1, 2, 4], vec![0, 1, 2, 3, 4, 5, 6, 7]),
        ("(2, 3, 2, 2)", [3, 2, 2], (0..12).collect()),
        ("(2, 2, 2, 3)", [3, 2, 2], vec![0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]),
    ] {
        let set = open_npy(&npy("|u1", shape, &bytes)).unwrap();
        assert_eq!(set.shape(), image, "{shape}");
        assert_eq!(*set.image(0).unwrap(), first, "{shape}");
        assert_eq!(set.name(), "array");
    }
}

#[test]
fn a_shape_that_can_be_read_in_two_ways_or_none_is_refused() {
    for shape in ["(8, 3, 1, 1)", "(4, 3, 2, 1)", "(4, 1, 2, 3)"] {
        let message = open_npy(&npy("|u1", shape, &[0; 24])).unwrap_err();
        assert!(message.contains("first or last"), "{shape}: {message}");
    }
    for shape in ["(3, 2, 2, 2)", "(24,)", "(4, 6)", "()", "(1, 1, 2, 3, 4)"] {
        let bytes = vec![0; if shape == "()" { 1 } else { 24 }];
        open_npy(&npy("|u1", shape, &bytes)).unwrap_err();
    }
}

#[test]
fn an_array_without_images_is_refused() {
    for shape in ["(0, 28, 28)", "(4, 0, 28)", "(0, 28, 28, 3)"] {
        let message = open_npy(&npy("|u1", shape, &[])).unwrap_err();
        assert!(message.contains("holds no images"), "{message}");
    }
}

#[test]
fn floats_of_three_ranges_become_bytes() {
    let values = [0.0f32, 1.0, 0.5, 0.1, 0.9, 0.002];
    let expected = [0, 255, 128, 26, 230, 1];
    let doubles: Vec<u8> = values.iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
    let big: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    // Rounding just outside is forgiven.
    let rounded = values.map(|v| if v == 1.0 { 1.000_1 } else { v });
    for (kind, bytes) in
        [("<f4", floats(&values)), ("<f8", doubles), (">f4", big), ("<f4", floats(&rounded))]
    {
        let set = open_npy(&npy(kind, "(1, 2, 3)", &bytes)).unwrap();
        assert_eq!(*set.image(0).unwrap(), expected, "{kind}");
    }
    let signed = [-1.0, 1.0, 0.0, -0.5, 0.5, 0.25];
    let set = open_npy(&npy("<f4", "(1, 2, 3)", &floats(&signed))).unwrap();
    assert_eq!(*set.image(0).unwrap(), [0, 255, 128, 64, 191, 159]);
    let set = open_npy(&npy("<f4", "(1, 1, 3)", &floats(&[0.0, 17.0, 255.0]))).unwrap();
    assert_eq!(*set.image(0).unwrap(), [0, 17, 255]);
}

#[test]
fn what_was_understood_of_floats_is_told() {
    let folder = crate::files::folder(&[("a.npy", npy("<f4", "(1, 1, 2)", &floats(&[-1.0, 0.5])))]);
    let opened = gan_data::open_with(folder.path().join("a.npy"), &Default::default()).unwrap();
    assert!(
        opened.report.notes[0].contains("from -1 to 0.5, read as [-1, 1]"),
        "{:?}",
        opened.report
    );
}

#[test]
fn a_pixel_that_is_not_finite_is_refused_with_its_image() {
    for wrong in [f32::NAN, f32::INFINITY] {
        let mut values = [0.5; 12];
        values[7] = wrong;
        let message = open_npy(&npy("<f4", "(2, 2, 3)", &floats(&values))).unwrap_err();
        assert!(message.contains("image 1 holds"), "{message}");
    }
    let message = open_npy(&npy("<f4", "(1, 1, 2)", &floats(&[-7.0, 300.0]))).unwrap_err();
    assert!(message.contains("floats from -7 to 300") && message.contains("x.min()"), "{message}");
}

#[test]
fn whole_numbers_and_truth_values_are_read_where_they_fit() {
    let set = open_npy(&npy("<i4", "(1, 1, 2)", &[7, 0, 0, 0, 255, 0, 0, 0])).unwrap();
    assert_eq!(*set.image(0).unwrap(), [7, 255]);
    let set = open_npy(&npy("|b1", "(1, 1, 2)", &[0, 1])).unwrap();
    assert_eq!(*set.image(0).unwrap(), [0, 255]);
    for (kind, bytes) in [("<i2", [0, 1, 0, 0]), ("<i2", [255, 255, 0, 0])] {
        let message = open_npy(&npy(kind, "(1, 1, 2)", &bytes)).unwrap_err();
        assert!(message.contains("image 0 holds") && message.contains("astype"), "{message}");
    }
    for (kind, width, what, mend) in [
        ("<f2", 2, "floats of another size", "x.astype('float32')"),
        ("<c8", 8, "complex numbers", "numpy.abs(x)"),
        ("|O", 8, "Python objects", "numpy.stack(list(x))"),
        ("<U2", 8, "texts", "save the images"),
    ] {
        let message = open_npy(&npy(kind, "(1, 2, 3)", &vec![0; 6 * width])).unwrap_err();
        assert!(message.contains(what) && message.contains(mend), "{message}");
    }
}

#[test]
fn fortran_order_gives_the_same_images() {
    let rows = open_npy(&npy("|u1", "(2, 2, 3)", &(0..12).collect::<Vec<u8>>())).unwrap();
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2, 3), }";
    // numpy.arange(12).reshape(2, 2, 3).tobytes('F')
    let columns = [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11];
    let set = open_npy(&npy_with_header(fortran, &columns)).unwrap();
    assert_eq!(set.checksum(), rows.checksum());
}

#[test]
fn rows_of_a_square_number_of_pixels_are_images() {
    let set = open_npy(&npy("|u1", "(2, 9)", &(0..18).collect::<Vec<u8>>())).unwrap();
    assert_eq!((set.len(), set.shape()), (2, [1, 3, 3]));
}

#[test]
fn hostile_headers_allocate_nothing() {
    for shape in [
        "(18446744073709551615, 28, 28)",
        "(4294967296, 4294967296, 1)",
        "(1000000000000, 28, 28)",
        "(1000000, 28, 28)",
        "(0, 28, 28)",
        "(-1, 28, 28)",
        "'many'",
    ] {
        open_npy(&npy("|u1", shape, &[0; 100])).unwrap_err();
    }
    for brackets in ["(", "[", "{1: "] {
        open_npy(&npy_with_header(&brackets.repeat(1_000), &[])).unwrap_err();
    }
    let mut long = b"\x93NUMPY\x02\x00".to_vec();
    long.extend([0xff; 64]);
    let message = open_npy(&long).unwrap_err();
    assert!(message.contains("4294967295 bytes"), "{message}");
}

#[test]
fn a_file_cut_short_anywhere_or_too_long_is_refused() {
    let whole = npy("|u1", "(1, 2, 3)", &[1; 6]);
    for length in 0..whole.len() {
        open_npy(&whole[..length]).unwrap_err();
    }
    let message = open_npy(&[whole, vec![0]].concat()).unwrap_err();
    assert!(message.contains("longer than"), "{message}");
}

#[test]
fn arrays_are_found_under_the_names_of_published_archives() {
    let array = |first: u8| npy("|u1", "(2, 1, 3)", &[first, 1, 2, 3, 4, 5]);
    let labels = npy("<i8", "(2,)", &[9, 0, 0, 0, 0, 0, 0, 0, 44, 1, 0, 0, 0, 0, 0, 0]);
    let column = npy("|u1", "(2, 1)", &[9, 30]);
    for (files, count, first, names) in [
        (vec![("anything.npy", array(7))], 2, 7, vec![]),
        (vec![("x.npy", array(8)), ("other.npy", array(0))], 2, 8, vec![]),
        (vec![("y.npy", labels.clone()), ("x.npy", array(8))], 2, 8, vec!["9", "300"]),
        (vec![("arr_0.npy", array(9)), ("arr_1.npy", labels.clone())], 2, 9, vec!["9", "300"]),
        // Keras.
        (
            vec![
                ("x_test.npy", array(2)),
                ("x_train.npy", array(1)),
                ("y_test.npy", labels.clone()),
                ("y_train.npy", labels.clone()),
            ],
            4,
            1,
            vec!["9", "300", "9", "300"],
        ),
        // MedMNIST.
        (
            vec![
                ("train_images.npy", array(3)),
                ("train_labels.npy", column.clone()),
                ("val_images.npy", array(4)),
                ("val_labels.npy", column),
            ],
            4,
            3,
            vec!["9", "30", "9", "30"],
        ),
    ] {
        let set = open_bytes("set.npz", &zipped(&files)).unwrap();
        assert_eq!((set.len(), set.image(0).unwrap()[0]), (count, first));
        match names.is_empty() {
            true => assert_eq!(set.labels(), None),
            false => assert_eq!(classes(&set), names),
        }
    }
    let statistics = [("mu.npy", array(0)), ("sigma.npy", array(0))];
    let message = open_bytes("statistics.npz", &zipped(&statistics)).unwrap_err();
    assert!(message.contains("mu") && message.contains("savez"), "{message}");
}

#[test]
fn labels_that_are_no_classes_of_the_images_are_refused_by_name() {
    let array = npy("|u1", "(2, 1, 3)", &[0; 6]);
    for labels in [
        npy("|u1", "(3,)", &[0, 1, 2]),
        npy("|u1", "(2, 2)", &[0, 1, 1, 0]),
        npy("<f4", "(2,)", &[0; 8]),
    ] {
        let files = [("images.npy", array.clone()), ("labels.npy", labels)];
        let message = open_bytes("set.npz", &zipped(&files)).unwrap_err();
        assert!(message.contains("set.npz/labels.npy"), "{message}");
    }
}

#[test]
fn a_folder_of_arrays_is_one_set_with_a_class_for_each_file() {
    let rows = |first: u8| npy("|u1", "(2, 4)", &[first, 1, 2, 3, 4, 5, 6, 7]);
    let folder = crate::files::folder(&[("dog.npy", rows(10)), ("cat.npy", rows(20))]);
    let set = gan_data::open(folder.path()).unwrap();
    assert_eq!((set.len(), set.shape()), (4, [1, 2, 2]));
    assert_eq!(classes(&set), ["cat", "cat", "dog", "dog"]);
    assert_eq!(set.image(0).unwrap()[0], 20);
}

#[test]
fn a_table_of_pixels_is_read_with_its_labels() {
    let kaggle = b"label,pixel0,pixel1,pixel2,pixel3\r\n7,0,1,2,255\r\n3,4,5,6,7\r\n".to_vec();
    let last = b"\xef\xbb\xbfp0;p1;p2;p3;class\n0;1;2;255;7\n4;5;6;7;3\n".to_vec();
    let nameless = b"7,0,1,2,255\n3,4,5,6,7".to_vec();
    for bytes in [kaggle, last, nameless] {
        let set = open_bytes("train.csv", &bytes).unwrap();
        assert_eq!((set.len(), set.shape()), (2, [1, 2, 2]));
        assert_eq!(*set.image(0).unwrap(), [0, 1, 2, 255]);
        assert_eq!(classes(&set), ["7", "3"]);
    }
    let unlabelled = open_bytes("test.csv", b"0,1,2,255\n4,5,6,7").unwrap();
    assert_eq!(unlabelled.labels(), None);
    for (wrong, why) in [
        ("0,1,2,256\n", "line 1, column 4"),
        ("0,1,2,3\n0,1,x,3\n", "line 2, column 3"),
        ("0,1,2,3\n0,1,2\n", "3 fields"),
        ("a,b,c,d\n", "without images"),
        ("0,1,2,3,4,5,6\n", "square"),
    ] {
        let message = open_bytes("train.csv", wrong.as_bytes()).unwrap_err();
        assert!(message.contains(why), "{wrong}: {message}");
    }
}
