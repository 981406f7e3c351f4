//! Points of the plane.

use burn::tensor::Device;
use gan_data::picture::{Frame, Layer, SIDE, scatter};
use gan_data::{ImageSet, Modes, numpy};

use crate::files::{npy, open_bytes, zipped};

fn written(points: &[f32]) -> Vec<u8> {
    numpy::npy(&[points.len() as u64 / 2, 2], points).unwrap()
}

#[test]
fn points_of_any_range_come_back_as_they_are() {
    let values = [0.5f32, -4.0, 1e6, 0.0, 3.25, -0.125];
    let set = open_bytes("set.npy", &written(&values)).unwrap();
    assert_eq!((set.shape(), set.len(), set.name()), ([2, 1, 1], 3, "set"));
    assert_eq!(set.points().unwrap().as_flattened(), values);
    let batch = set.batch(&[2, 0], &Device::flex()).unwrap();
    assert_eq!(batch.dims(), [2, 2, 1, 1]);
    assert_eq!(batch.into_data().iter::<f32>().collect::<Vec<_>>(), [3.25, -0.125, 0.5, -4.0]);
    let other = ImageSet::of_points("set", &[[0.5, -4.0], [1e6, 0.0], [3.25, 0.125]]).unwrap();
    assert_ne!(set.checksum(), other.checksum());
}

#[test]
fn an_archive_says_which_gaussians_its_points_come_from() {
    let scalar = numpy::npy(&[], &[0.25f64]).unwrap();
    let arrays = [("points", written(&[0.0, 1.0])), ("centres", written(&[0.0; 4]))];
    let whole = numpy::npz(&[&arrays[..], &[("std", scalar)]].concat()).unwrap();
    let set = open_bytes("ring.npz", &whole).unwrap();
    let expected = Modes::Gaussians { centres: vec![[0.0; 2]; 2], std: 0.25 };
    assert_eq!(set.modes(), Some(&expected));
    let set = open_bytes("ring.npz", &numpy::npz(&arrays).unwrap()).unwrap();
    assert_eq!(set.modes(), None);
}

#[test]
fn coordinates_that_are_not_finite_are_refused_with_their_row() {
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let message = open_bytes("set.npy", &written(&[0.0, 1.0, 2.0, wrong])).unwrap_err();
        assert!(message.contains("point 1") && message.contains("finite"), "{message}");
    }
    let huge = 1e300f64.to_le_bytes().repeat(2);
    open_bytes("set.npy", &npy("<f8", "(1, 2)", &huge)).unwrap_err();
}

#[test]
fn what_are_no_points_or_no_gaussians_is_refused() {
    for (kind, shape, bytes) in
        [("<f4", "(2, 3)", 24), ("<f4", "(0, 2)", 0), ("|u1", "(2, 2)", 4), ("<i4", "(1, 2)", 8)]
    {
        open_bytes("set.npy", &npy(kind, shape, &vec![0; bytes])).unwrap_err();
    }
    for (centres, std) in [(vec![0.0], 0.1f32), (vec![], 0.1), (vec![0.0, 1.0], 0.0)] {
        let sides = format!("({}, 2)", centres.len() / 2);
        let bytes: Vec<u8> = centres.iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
        let files = [
            ("points.npy", written(&[0.0, 1.0])),
            ("centres.npy", npy("<f4", &sides, &bytes)),
            ("std.npy", npy("<f4", "()", &std.to_le_bytes())),
        ];
        open_bytes("set.npz", &zipped(&files)).unwrap_err();
    }
}

#[test]
fn digits_beside_coloured_images_of_mnist_s_size_make_stacked_mnist() {
    let digits = ("digits", numpy::npy(&[1, 3], &[1u8, 2, 3]).unwrap());
    let set = |side: u64| {
        let pixels: Vec<u8> = (0..side * side * 3).map(|at| (at % 251) as u8).collect();
        let images = numpy::npy(&[1, side, side, 3], &pixels).unwrap();
        let bytes = numpy::npz(&[("images", images), digits.clone()]).unwrap();
        open_bytes("stacked.npz", &bytes)
    };
    assert_eq!(set(28).unwrap().modes(), Some(&Modes::StackedDigits));
    assert!(set(27).is_err());
}

#[test]
fn a_scatter_picture_shows_each_point_in_its_place_and_colour() {
    let frame = Frame { middle: [1.0, 0.0], half_side: 2.0 };
    let point = [[2.0, 1.0]];
    let far = [[9.0, 0.0], [f32::NAN, 0.0]];
    let layers =
        [Layer { points: &far, colour: [0, 0, 0] }, Layer { points: &point, colour: [255, 0, 0] }];
    let picture = scatter(&layers, frame);
    assert_eq!((picture.width, picture.height, picture.channels), (SIDE, SIDE, 3));
    let marked: Vec<usize> = (0..SIDE * SIDE)
        .filter(|&at| picture.bytes[3 * at..3 * at + 3] != [255, 255, 255])
        .collect();
    assert!(!marked.is_empty());
    for at in marked {
        let (x, y) = (at % SIDE, at / SIDE);
        // Three quarters to the right, one quarter from above.
        assert!(x.abs_diff(3 * SIDE / 4) <= 2 && y.abs_diff(SIDE / 4) <= 2, "{x} {y}");
        assert_eq!(picture.bytes[3 * at], 255);
    }
    for points in [vec![], vec![[3.0, 3.0]], vec![[-f32::MAX, f32::MAX], [f32::MAX, 0.0]]] {
        let frame = Frame::around(&points);
        assert!(
            frame.half_side > 0.0 && frame.half_side.is_finite() && frame.middle[0].is_finite()
        );
    }
}
