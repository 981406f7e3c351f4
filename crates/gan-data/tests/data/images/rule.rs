//! The one rule for what becomes of a picture.

use gan_data::{Alpha, Colour, Fit, OpenOptions, Opened, Rule, open_with};

use crate::files::{folder, npy};

/// A PNG file as the `png` crate writes it.
fn png(
    colour: png::ColorType,
    depth: png::BitDepth,
    [width, height]: [u32; 2],
    bytes: &[u8],
    extras: impl Fn(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    extras(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(bytes).unwrap();
    writer.finish().unwrap();
    file
}

fn plain(colour: png::ColorType, size: [u32; 2], bytes: &[u8]) -> Vec<u8> {
    png(colour, png::BitDepth::Eight, size, bytes, |_| {})
}

fn open(files: &[(&str, Vec<u8>)], rule: Rule) -> Opened {
    open_with(folder(files).path(), &OpenOptions { rule, ..OpenOptions::default() }).unwrap()
}

const GREY: [u8; 4] = [0, 255, 85, 170];

#[test]
fn one_grey_picture_is_one_tensor_however_it_is_stored() {
    use png::{BitDepth, ColorType};
    let size = [2, 2];
    let rgb: Vec<u8> = GREY.iter().flat_map(|&g| [g; 3]).collect();
    let rgba: Vec<u8> = GREY.iter().flat_map(|&g| [g, g, g, 255]).collect();
    let grey_alpha: Vec<u8> = GREY.iter().flat_map(|&g| [g, 255]).collect();
    let sixteen: Vec<u8> = GREY.iter().flat_map(|&g| [g, g]).collect();
    let palette: Vec<u8> = rgb.clone();
    let files = [
        plain(ColorType::Grayscale, size, &GREY),
        plain(ColorType::Rgb, size, &rgb),
        plain(ColorType::Rgba, size, &rgba),
        plain(ColorType::GrayscaleAlpha, size, &grey_alpha),
        png(ColorType::Grayscale, BitDepth::Sixteen, size, &sixteen, |_| {}),
        png(ColorType::Grayscale, BitDepth::Two, size, &[0b0011_0000, 0b0110_0000], |_| {}),
        png(ColorType::Indexed, BitDepth::Eight, size, &[0, 1, 2, 3], |encoder| {
            encoder.set_palette(palette.clone());
        }),
    ];
    for (index, file) in files.iter().enumerate() {
        let Opened { set, report } = open(&[("a.png", file.clone())], Rule::default());
        assert_eq!((set.shape(), &*set.image(0).unwrap()), ([1, 2, 2], &GREY[..]), "{index}");
        assert_eq!(report.converted.contains_key("of 16 bits a value scaled to 8"), index == 4);
    }
}

#[test]
fn a_set_is_in_colour_if_any_picture_is() {
    let rgb = [255, 0, 0, 1, 2, 3, 0, 0, 0, 9, 9, 9];
    let files = [
        ("a.png", plain(png::ColorType::Grayscale, [2, 2], &GREY)),
        ("b.png", plain(png::ColorType::Rgb, [2, 2], &rgb)),
    ];
    let Opened { set, report } = open(&files, Rule::default());
    assert_eq!(set.shape(), [3, 2, 2]);
    assert_eq!(*set.image(0).unwrap(), [GREY, GREY, GREY].concat());
    assert_eq!(report.converted["grey shown in colour"].example, "a.png");
    let lines = report.lines(set.shape()).join("\n");
    assert!(lines.contains("rule: 2 × 2 in colour, transparency over white"), "{lines}");
}

#[test]
fn transparency_goes_over_a_background_or_stays() {
    // Hidden red, half transparent black, opaque green, opaque blue.
    let rgba = [255, 0, 0, 0, 0, 0, 0, 128, 0, 255, 0, 255, 0, 0, 255, 255];
    let files = [("a.png", plain(png::ColorType::Rgba, [2, 2], &rgba))];
    let over = |colour: &str| {
        let alpha = Alpha::Over(colour.parse().unwrap());
        open(&files, Rule { alpha, ..Rule::default() }).set.image(0).unwrap().into_owned()
    };
    assert_eq!(over("white"), [255, 127, 0, 0, 255, 127, 255, 0, 255, 127, 0, 255]);
    assert_eq!(over("#000000"), [0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255]);
    let kept = open(&files, Rule { alpha: Alpha::Keep, ..Rule::default() });
    assert_eq!(kept.set.shape(), [4, 2, 2]);
    // What was hidden is white now.
    let planes = [255, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 0, 128, 255, 255];
    assert_eq!(*kept.set.image(0).unwrap(), planes);
    assert_eq!(kept.report.converted["with transparency"].files, 1);
}

#[test]
fn pictures_of_several_sizes_become_one_size_with_a_reason() {
    let square = |side: u32| {
        plain(png::ColorType::Grayscale, [side, side], &vec![7; (side * side) as usize])
    };
    let files = [("a.png", square(20)), ("b.png", square(31)), ("c.png", square(90))];
    let opened = open(&files, Rule::default());
    assert_eq!(opened.set.shape(), [1, 31, 31]);
    assert!(
        opened.report.notes[0].contains("3 sizes, shorter sides of 20 to 90"),
        "{:?}",
        opened.report
    );
    // A constant picture stays constant whatever the filter.
    assert!(opened.set.image(2).unwrap().iter().all(|&byte| byte == 7));

    let accepts = |[height, width]: [usize; 2]| height == width && height % 8 == 0;
    let options = OpenOptions { accepts: Some(&accepts), ..OpenOptions::default() };
    let of = |files: &[(&str, Vec<u8>)]| open_with(folder(files).path(), &options).unwrap();
    assert_eq!(of(&files).set.shape(), [1, 32, 32]);
    let opened = of(&files[..1]);
    assert_eq!(opened.set.shape(), [1, 24, 24]);
    assert!(opened.report.notes[0].contains("no network here takes 20 × 20"));
    let opened = of(&[("c.png", square(96))]);
    assert_eq!(opened.set.shape(), [1, 64, 64]);
}

#[test]
fn other_shapes_are_cropped_padded_or_stretched() {
    // A white column, then two black ones, then a white one.
    let row = [255, 0, 0, 255];
    let files = [("a.png", plain(png::ColorType::Grayscale, [4, 2], &[row, row].concat()))];
    let fitted = |fit| {
        let rule = Rule { resolution: Some([2, 2]), fit, ..Rule::default() };
        open(&files, rule).set.image(0).unwrap().into_owned()
    };
    assert_eq!(fitted(Fit::Crop), [0; 4]);
    let [a, b, c, d] = fitted(Fit::Stretch)[..] else { panic!("four pixels") };
    assert!(a == b && b == c && c == d && (100..160).contains(&a), "{a}");
    let tall = Rule { resolution: Some([4, 4]), fit: Fit::Pad, ..Rule::default() };
    let padded = open(&files, tall).set.image(0).unwrap().into_owned();
    assert_eq!(padded, [[255; 4], row, row, [255; 4]].concat());
}

#[test]
fn progress_is_told_of_arrays_as_of_pictures() {
    let folder = folder(&[("a.npy", npy("|u1", "(3, 2, 2)", &(0..12).collect::<Vec<u8>>()))]);
    let told = std::sync::Mutex::new(Vec::new());
    let progress = |_: &str, done: usize, total: usize| told.lock().unwrap().push((done, total));
    let rule = Rule { resolution: Some([4, 4]), ..Rule::default() };
    let options = OpenOptions { rule, progress: Some(&progress), ..OpenOptions::default() };
    open_with(folder.path(), &options).unwrap();
    assert_eq!(told.into_inner().unwrap(), [(1, 3), (2, 3), (3, 3)]);
}

#[test]
fn arrays_follow_the_same_rule() {
    let grey_in_rgb: Vec<u8> = (0..32).flat_map(|i| [i; 3]).collect();
    let npy = crate::files::npy("|u1", "(2, 2, 8, 3)", &grey_in_rgb);
    let folder = folder(&[("a.npy", npy)]);
    let options = OpenOptions::default();
    let set = open_with(folder.path().join("a.npy"), &options).unwrap().set;
    assert_eq!(set.shape(), [1, 2, 8]);
    assert_eq!(*set.image(1).unwrap(), (16..32).collect::<Vec<u8>>());
    let rule = Rule { resolution: Some([2, 2]), ..Rule::default() };
    let options = OpenOptions { rule, ..options };
    let set = open_with(folder.path().join("a.npy"), &options).unwrap().set;
    assert_eq!(set.shape(), [1, 2, 2]);
}

#[test]
fn a_rule_comes_back_from_json_and_colours_from_their_names() {
    let rule =
        Rule { resolution: Some([32, 64]), fit: Fit::Pad, alpha: Alpha::Over(Colour([1, 2, 255])) };
    let json = serde_json::to_string(&rule).unwrap();
    assert_eq!(json, r##"{"resolution":[32,64],"fit":"pad","alpha":{"over":"#0102ff"}}"##);
    assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
    for wrong in ["", "#12345", "#12345g", "red", "#ä2345", "+1+1+1"] {
        assert!(wrong.parse::<Colour>().is_err(), "{wrong}");
    }
}
