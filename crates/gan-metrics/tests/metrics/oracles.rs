//! Oracles accept real images, tell damages of known size, and agree with SciPy.

use std::fs::File;

use gan_data::synth::SyntheticSet;
use gan_metrics::oracles::{
    BoxReading, DotsReading, GreyImage, PolygonReading, Scene, Verdict, read_box, read_dots,
    read_polygon,
};
use gan_random::Rng;
use npyz::{Deserialize, NpyFile};
use zip::ZipArchive;

/// An image of `fixtures/oracles.npz`, which `oracles_reference.py` draws.
struct Drawn {
    pixels: Vec<f32>,
    scene: Scene,
    damage: String,
    size: f64,
    /// What the script measures in it.
    value: f64,
}

impl Drawn {
    fn image(&self) -> GreyImage<'_> {
        GreyImage::new(&self.pixels, 32)
    }
}

fn array<T: Deserialize>(archive: &mut ZipArchive<File>, name: &str) -> Vec<T> {
    NpyFile::new(archive.by_name(name).unwrap()).unwrap().into_vec().unwrap()
}

fn units(bytes: &[u8]) -> Vec<f32> {
    bytes.iter().map(|&byte| f32::from(byte) / 255.0).collect()
}

fn drawn(scene: &str) -> Vec<Drawn> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/oracles.npz");
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let images: Vec<u8> = array(&mut archive, "images.npy");
    let scenes: Vec<u8> = array(&mut archive, "scenes.npy");
    let damages = String::from_utf8(array(&mut archive, "damages.npy")).unwrap();
    let sizes: Vec<f64> = array(&mut archive, "sizes.npy");
    let values: Vec<f64> = array(&mut archive, "values.npy");
    let names = ["dots 6-6", "shapes", "polygons", "boxes"];
    let all = damages.lines().enumerate().map(|(i, damage)| Drawn {
        pixels: units(&images[i * 1024..(i + 1) * 1024]),
        scene: Scene::parse(names[usize::from(scenes[i])]).unwrap(),
        damage: damage.to_owned(),
        size: sizes[i],
        value: values[i],
    });
    let wanted = Scene::parse(scene).unwrap();
    all.filter(|drawn| drawn.scene == wanted).collect()
}

/// The fraction of images with this damage that get `verdict`.
fn fraction(drawn: &[Drawn], damage: &str, size: f64, verdict: Verdict) -> f64 {
    let of_kind: Vec<&Drawn> =
        drawn.iter().filter(|drawn| drawn.damage == damage && drawn.size == size).collect();
    assert!(of_kind.len() >= 20, "{damage} {size}: {} images", of_kind.len());
    let hits = of_kind.iter().filter(|drawn| drawn.scene.verdict(drawn.image()) == verdict);
    hits.count() as f64 / of_kind.len() as f64
}

#[test]
fn of_400_images_of_each_set_99_percent_are_right() {
    for name in ["dots", "dots-six", "shapes", "polygons", "boxes", "boxes-centred"] {
        let bytes = SyntheticSet::named(name).unwrap().make(400, Rng::new(1)).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let mut archive = ZipArchive::new(file).unwrap();
        let images: Vec<u8> = array(&mut archive, "images.npy");
        let text = String::from_utf8(array(&mut archive, "scene.npy")).unwrap();
        let scene = Scene::parse(&text).unwrap();
        let right = images
            .chunks(1024)
            .filter(|image| scene.verdict(GreyImage::new(&units(image), 32)) == Verdict::Right);
        assert!(right.count() >= 396, "{name}");
    }
}

#[test]
fn dots_are_counted_as_scipy_counts_them() {
    let drawn = drawn("dots 6-6");
    for count in [0.0, 1.0, 3.0, 9.0, 12.0] {
        assert_eq!(fraction(&drawn, "count", count, Verdict::Wrong), 1.0, "{count} dots");
    }
    assert_eq!(fraction(&drawn, "count", 6.0, Verdict::Right), 1.0);
    for drawn in &drawn {
        if let DotsReading::Dots(count) = read_dots(drawn.image()) {
            assert_eq!(count as f64, drawn.value, "{} {}", drawn.damage, drawn.size);
        }
    }
}

#[test]
fn dots_may_be_a_tenth_off_in_size_and_slightly_blurred_or_noisy_but_not_more() {
    let drawn = drawn("dots 6-6");
    for (damage, size) in [("scaled", 0.9), ("scaled", 1.1), ("blurred", 0.3), ("noisy", 0.02)] {
        assert_eq!(fraction(&drawn, damage, size, Verdict::Right), 1.0, "{damage} {size}");
    }
    for (damage, size) in [("scaled", 1.6), ("scaled", 2.0), ("blurred", 1.5), ("noisy", 0.3)] {
        assert_eq!(fraction(&drawn, damage, size, Verdict::Unreadable), 1.0, "{damage} {size}");
    }
}

#[test]
fn a_shape_twice_or_in_another_third_is_wrong_and_a_disc_is_unreadable() {
    let drawn = drawn("shapes");
    for (damage, size) in [("twice", 2.0), ("elsewhere", 1.0), ("empty", 0.0)] {
        assert_eq!(fraction(&drawn, damage, size, Verdict::Wrong), 1.0, "{damage}");
    }
    assert_eq!(fraction(&drawn, "disc", 1.0, Verdict::Unreadable), 1.0);
    assert_eq!(fraction(&drawn, "blurred", 0.3, Verdict::Right), 1.0);
    assert!(fraction(&drawn, "blurred", 1.5, Verdict::Unreadable) >= 0.95);
    for drawn in drawn.iter().filter(|drawn| drawn.damage == "none") {
        assert_eq!(drawn.scene.verdict(drawn.image()), Verdict::Right);
    }
}

#[test]
fn a_dent_of_a_quarter_pixel_passes_and_one_of_a_pixel_does_not() {
    let drawn = drawn("polygons");
    for (depth, verdict) in [
        (0.0, Verdict::Right),
        (0.25, Verdict::Right),
        (1.0, Verdict::Wrong),
        (3.0, Verdict::Wrong),
    ] {
        assert_eq!(fraction(&drawn, "dent", depth, verdict), 1.0, "depth {depth}");
    }
    for (damage, size) in [("two", 2.0), ("hole", 2.0), ("disc", 0.0)] {
        assert_eq!(fraction(&drawn, damage, size, Verdict::Wrong), 1.0, "{damage}");
    }
    for drawn in drawn.iter().filter(|drawn| drawn.damage == "dent") {
        let PolygonReading::Figure(figure) = read_polygon(drawn.image()) else {
            panic!("a figure")
        };
        let error = (figure.dent - drawn.value).abs();
        assert!(error <= 0.2 + 0.15 * drawn.value, "{} for {}", figure.dent, drawn.value);
    }
}

#[test]
fn the_residual_of_a_box_is_that_of_its_geometry_and_two_pixels_are_always_seen() {
    let drawn = drawn("boxes");
    assert_eq!(fraction(&drawn, "shift", 0.0, Verdict::Right), 1.0);
    assert!(fraction(&drawn, "shift", 1.5, Verdict::Wrong) >= 0.5);
    for shift in [2.0, 3.0] {
        assert_eq!(fraction(&drawn, "shift", shift, Verdict::Wrong), 1.0, "{shift} pixels");
    }
    for drawn in &drawn {
        let BoxReading::Box { residual, .. } = read_box(drawn.image()) else { panic!("a box") };
        let error = (residual - drawn.value).abs();
        assert!(error <= 0.55, "{residual} for {}", drawn.value);
    }
}

#[test]
fn what_is_no_image_of_the_kind_is_unreadable() {
    let noise: Vec<f32> = Rng::new(4).uniform(gan_random::Stream::Evaluation, 0, 1024, 0.0, 1.0);
    let broken = vec![f32::NAN; 1024];
    for scene in ["dots 1-12", "shapes", "polygons", "boxes", "boxes centred"] {
        let scene = Scene::parse(scene).unwrap();
        assert_eq!(scene.verdict(GreyImage::new(&noise, 32)), Verdict::Unreadable);
        assert_eq!(scene.verdict(GreyImage::new(&broken, 32)), Verdict::Unreadable);
    }
}
