//! NumPy's arrays.

use gan_data::ImageSet;

use crate::made::{npy, npy_with_header, open_bytes, zipped};

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
        assert_eq!(set.image(0).unwrap(), first, "{shape}");
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
fn floats_between_zero_and_one_become_bytes() {
    let values = [0.0f32, 1.0, 0.5, 0.1, 0.9, 0.002];
    let expected = [0, 255, 128, 26, 230, 1];
    let doubles: Vec<u8> = values.iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
    let big: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
    for (kind, bytes) in [("<f4", floats(&values)), ("<f8", doubles), (">f4", big)] {
        let set = open_npy(&npy(kind, "(1, 2, 3)", &bytes)).unwrap();
        assert_eq!(set.image(0).unwrap(), expected, "{kind}");
    }
}

#[test]
fn a_pixel_that_is_not_finite_or_out_of_range_is_refused_with_its_image() {
    for wrong in [f32::NAN, f32::INFINITY, -0.1, 1.01, 255.0] {
        let mut values = [0.5; 12];
        values[7] = wrong;
        let message = open_npy(&npy("<f4", "(2, 2, 3)", &floats(&values))).unwrap_err();
        assert!(message.contains("image 1 holds"), "{message}");
    }
}

#[test]
fn other_elements_are_refused() {
    for (kind, width) in [("<i4", 4), ("|i1", 1), ("|b1", 1), ("<f2", 2), ("<c8", 8), ("|O", 8)] {
        open_npy(&npy(kind, "(1, 2, 3)", &vec![0; 6 * width])).unwrap_err();
    }
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 3), }";
    let message = open_npy(&npy_with_header(fortran, &[0; 6])).unwrap_err();
    assert!(message.contains("ascontiguousarray"), "{message}");
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
    assert!(message.contains("more are there"), "{message}");
}

#[test]
fn an_archive_of_arrays_is_searched_for_images_and_labels() {
    let array = |first: u8| npy("|u1", "(2, 1, 3)", &[first, 1, 2, 3, 4, 5]);
    let classes = npy("<i8", "(2,)", &[9, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0]);
    for (files, first, labels) in [
        (vec![("anything.npy", array(7))], 7, None),
        (vec![("x.npy", array(8)), ("other.npy", array(0))], 8, None),
        (vec![("y.npy", classes.clone()), ("x.npy", array(8))], 8, Some(&[9, 255][..])),
        (vec![("arr_0.npy", array(9)), ("arr_1.npy", classes.clone())], 9, Some(&[9, 255])),
        (
            vec![("x.npy", array(0)), ("images.npy", array(5)), ("labels.npy", classes)],
            5,
            Some(&[9, 255]),
        ),
    ] {
        let set = open_bytes("set.npz", &zipped(&files)).unwrap();
        assert_eq!((set.image(0).unwrap()[0], set.labels()), (first, labels));
    }
    let statistics = [("mu.npy", array(0)), ("sigma.npy", array(0))];
    let message = open_bytes("statistics.npz", &zipped(&statistics)).unwrap_err();
    assert!(message.contains("mu") && message.contains("images, x or arr_0"), "{message}");
}

#[test]
fn labels_that_are_no_classes_of_the_images_are_refused_by_name() {
    let array = npy("|u1", "(2, 1, 3)", &[0; 6]);
    for labels in [
        npy("<i2", "(2,)", &[1, 0, 0, 1]),
        npy("<i2", "(2,)", &[1, 0, 255, 255]),
        npy("|i1", "(2,)", &[1, 255]),
        npy("|u1", "(3,)", &[0, 1, 2]),
        npy("|u1", "(2, 1)", &[0, 1]),
        npy("<f4", "(2,)", &[0; 8]),
    ] {
        let files = [("images.npy", array.clone()), ("labels.npy", labels)];
        let message = open_bytes("set.npz", &zipped(&files)).unwrap_err();
        assert!(message.contains("set.npz/labels.npy"), "{message}");
    }
}
