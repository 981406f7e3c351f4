//! Every format of pictures that is read.

use std::io::Cursor;

use gan_data::{OpenOptions, open_with};
use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};

use crate::files::{folder, gzipped};

/// A grey ramp of 8 × 8 in every format; JPEG is close to it, the others are exact.
fn ramp() -> Vec<u8> {
    (0..64).map(|i| (i % 8 * 30) as u8).collect()
}

fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The same picture in every format: file name and bytes.
pub fn encoded() -> Vec<(&'static str, Vec<u8>)> {
    let grey = DynamicImage::ImageLuma8(GrayImage::from_raw(8, 8, ramp()).unwrap());
    let rgb = DynamicImage::ImageRgb8(grey.to_rgb8());
    vec![
        ("a.png", encode(&grey, ImageFormat::Png)),
        ("b.jpg", encode(&rgb, ImageFormat::Jpeg)),
        ("c.webp", encode(&rgb, ImageFormat::WebP)),
        ("d.gif", encode(&DynamicImage::ImageRgba8(grey.to_rgba8()), ImageFormat::Gif)),
        ("e.bmp", encode(&rgb, ImageFormat::Bmp)),
        ("f.tiff", encode(&grey, ImageFormat::Tiff)),
    ]
}

#[test]
fn one_picture_is_the_same_in_every_format() {
    for (name, bytes) in encoded() {
        // Told by content: the name does not matter.
        let folder = folder(&[("picture", bytes)]);
        let opened = open_with(folder.path(), &OpenOptions::default()).unwrap();
        let image = opened.set.image(0).unwrap().into_owned();
        assert_eq!(opened.set.shape(), [1, 8, 8], "{name}");
        let tolerance = if name == "b.jpg" { 12 } else { 0 };
        let off = image.iter().zip(ramp()).map(|(a, b)| a.abs_diff(b)).max().unwrap();
        assert!(off <= tolerance, "{name}: off by {off}");
    }
}

#[test]
fn a_folder_of_mixed_formats_is_one_set() {
    let files = encoded();
    let opened = open_with(folder(&files).path(), &OpenOptions::default()).unwrap();
    assert_eq!(opened.set.len(), 6);
    let formats: Vec<&str> = opened.report.read.keys().map(String::as_str).collect();
    assert_eq!(formats, ["BMP", "GIF", "JPEG", "PNG", "TIFF", "WebP"]);
}

/// A JPEG whose EXIF data say that its rows run from bottom to top.
fn rotated(orientation: u8) -> Vec<u8> {
    let mut pixels = RgbImage::from_pixel(16, 8, image::Rgb([0, 0, 0]));
    for x in 0..16 {
        (0..4).for_each(|y| pixels.put_pixel(x, y, image::Rgb([255, 255, 255])));
    }
    let jpeg = encode(&DynamicImage::ImageRgb8(pixels), ImageFormat::Jpeg);
    // TIFF header, one entry: tag 0x0112, type SHORT, one value.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend((exif.len() as u16 + 2).to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[test]
fn exif_rotation_is_applied() {
    let open = |orientation| {
        let folder = folder(&[("a.jpg", rotated(orientation))]);
        let opened = open_with(folder.path(), &OpenOptions::default()).unwrap();
        let image = opened.set.image(0).unwrap().into_owned();
        let [_, height, width] = opened.set.shape();
        (height, width, image[0] > 128, opened.report.converted.len())
    };
    assert_eq!(open(1), (8, 16, true, 0));
    assert_eq!(open(3), (8, 16, false, 1));
    // A quarter turn to the right: what was at the top is on the right.
    assert_eq!(open(6), (16, 8, false, 1));
    assert_eq!(open(8), (16, 8, true, 1));
}

#[test]
fn a_cmyk_jpeg_becomes_rgb() {
    let bytes = include_bytes!("../fixtures/cmyk.jpg").to_vec();
    let folder = folder(&[("a.jpg", bytes)]);
    let set = open_with(folder.path(), &OpenOptions::default()).unwrap().set;
    assert_eq!(set.shape(), [3, 16, 16]);
    let image = set.image(0).unwrap();
    let near = |value: u8, wanted: u8| value.abs_diff(wanted) < 12;
    // Left half red, right half blue, as cmyk.py painted it.
    let pixel = |at: usize| [image[at], image[256 + at], image[512 + at]];
    for (at, wanted) in [(0, [255, 0, 0]), (15, [0, 0, 255])] {
        assert!(pixel(at).iter().zip(wanted).all(|(&v, w)| near(v, w)), "{:?}", pixel(at));
    }
}

#[test]
fn a_jpeg_cut_short_is_damaged_and_not_half_grey() {
    let whole = encoded()[1].1.clone();
    let folder =
        folder(&[("a.jpg", whole[..whole.len() - 30].to_vec()), ("b.png", encoded()[0].1.clone())]);
    let message = open_with(folder.path(), &OpenOptions::default()).unwrap_err().to_string();
    assert!(message.contains("a.jpg: ") && message.contains("cannot be read"), "{message}");
}

#[test]
fn a_picture_that_promises_billions_of_pixels_is_skipped() {
    // A PNG header of 60,000 × 60,000 with a correct checksum.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(60_000u32.to_be_bytes());
    png.extend(60_000u32.to_be_bytes());
    png.extend([8, 6, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..]);
    png.extend(crc.sum().to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    for (name, bytes) in [("huge.png", png.clone()), ("huge.png", gzipped(&png))] {
        let folder = folder(&[(name, bytes), ("a.png", encoded()[0].1.clone())]);
        let message = open_with(folder.path(), &OpenOptions::default()).unwrap_err().to_string();
        assert!(message.contains("huge.png"), "{message}");
    }
}

#[cfg(feature = "mnist")]
#[test]
fn mnist_is_the_same_set_as_pictures_archive_arrays_and_idx() {
    let mnist = gan_data::mnist().unwrap();
    let count = 300;
    let labels = &mnist.labels().unwrap()[..count];
    let bytes: Vec<u8> =
        (0..count).flat_map(|index| mnist.image(index).unwrap().into_owned()).collect();
    let picture = |index: usize, format| {
        let image = GrayImage::from_raw(28, 28, bytes[index * 784..][..784].to_vec()).unwrap();
        encode(&DynamicImage::ImageLuma8(image), format)
    };
    let described = |format, end: &str| {
        let names: Vec<String> = (0..count).map(|index| format!("{index}.{end}")).collect();
        let list: Vec<String> = names
            .iter()
            .zip(labels)
            .map(|(name, label)| format!("[\"{name}\", {label}]"))
            .collect();
        let json = format!("{{\"labels\": [{}]}}", list.join(", "));
        let mut files: Vec<(String, Vec<u8>)> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| (name, picture(index, format)))
            .collect();
        files.push(("dataset.json".into(), json.into_bytes()));
        files
    };
    fn borrowed(files: &[(String, Vec<u8>)]) -> Vec<(&str, Vec<u8>)> {
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect()
    }
    let (png, tiff) = (described(ImageFormat::Png, "png"), described(ImageFormat::Tiff, "tif"));
    let small: Vec<u8> = labels.iter().map(|&label| label as u8).collect();
    let shape = [count as u64, 28, 28];
    let npz = gan_data::numpy::npz(&[
        ("images", gan_data::numpy::npy(&shape, &bytes).unwrap()),
        ("labels", gan_data::numpy::npy(&shape[..1], &small).unwrap()),
    ]);
    let dims = [count as u32, 28, 28];
    let folders = [
        folder(&borrowed(&png)),
        folder(&borrowed(&tiff)),
        folder(&[("set.zip", crate::files::zipped(&borrowed(&png)))]),
        folder(&[("set.npz", npz.unwrap())]),
        folder(&[
            ("train-images-idx3-ubyte", crate::files::idx(8, &dims, &bytes)),
            ("train-labels-idx1-ubyte", crate::files::idx(8, &dims[..1], &small)),
        ]),
    ];
    let direct =
        gan_data::ImageSet::new("mnist", [1, 28, 28], bytes.clone(), Some(labels.to_vec()))
            .unwrap();
    let places = ["", "", "set.zip", "set.npz", ""];
    for (folder, place) in folders.iter().zip(places) {
        let set = gan_data::open(folder.path().join(place)).unwrap();
        assert_eq!(set.checksum(), direct.checksum(), "{place}");
        assert_eq!(set.class_names(), direct.class_names(), "{place}");
    }
}
