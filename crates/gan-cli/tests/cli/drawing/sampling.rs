use crate::program::{gan_fails, gan_ok, process, tiny_data, tiny_labels};

#[test]
fn a_seed_is_the_same_picture_in_any_company_and_knows_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "10", "--batch-size", "20"]);
    gan_ok(folder.path(), &["sample", "--seeds", "7", "--out", "alone"]);
    gan_ok(
        folder.path(),
        &["sample", "runs/00000-tutorial-tiny", "--seeds", "0-3,7", "--out", "many"],
    );
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("alone/seed0007.png"), read("many/seed0007.png"));
    assert_ne!(read("many/seed0001.png"), read("many/seed0007.png"));

    let output = gan_ok(folder.path(), &["info", "alone/seed0007.png"]);
    let told = output.stdout;
    let snapshot = "runs/00000-tutorial-tiny/snapshot-000010.safetensors";
    let output = gan_ok(folder.path(), &["info", snapshot]);
    let of_snapshot = output.stdout;
    let hash = of_snapshot.lines().find(|line| line.contains("sha256")).unwrap();
    let hash = hash.split_whitespace().last().unwrap();
    assert!(told.contains("gan-seeds") && told.contains(" 7\n") && told.contains(hash), "{told}");
    assert!(told.contains(env!("CARGO_PKG_VERSION")), "{told}");
}

#[test]
fn a_grid_a_film_and_a_run_can_be_asked_for_and_described() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "10", "--batch-size", "20"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-7", "--grid", "4x2", "--scale", "3"]);
    let png = std::fs::read(folder.path().join("samples.png")).unwrap();
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (4 * 4 * 3, 2 * 4 * 3));
    gan_ok(folder.path(), &["sample", "--seeds", "0-5", "--grid", "2x1", "--out", "walk.gif"]);
    assert!(std::fs::read(folder.path().join("walk.gif")).unwrap().starts_with(b"GIF89a"));
    let output = gan_ok(folder.path(), &["info", "runs/00000-tutorial-tiny"]);
    assert!(output.stdout.contains("step 10 of 10"));
    gan_fails(folder.path(), &["sample", "--seeds", "0-7", "--grid", "3x2"], 2);
    gan_fails(folder.path(), &["sample", "--seeds", "4-1"], 2);
    gan_fails(folder.path(), &["sample", "--out", "samples.bmp"], 2);
}

#[test]
fn a_conditional_generator_draws_the_classes_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path());
    let train = ["--conditional", "--data", "tiny", "--steps", "10", "--batch-size", "20"];
    let told = gan_fails(folder.path(), &train, 2);
    assert!(told.contains("tiny has no labels"), "{told}");
    tiny_labels(&data);
    gan_ok(folder.path(), &train);

    // A row for each class, as many seeds as fill the grid.
    gan_ok(folder.path(), &["sample", "--class", "0-3", "--grid", "5x4"]);
    let png = std::fs::read(folder.path().join("samples.png")).unwrap();
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((size(16), size(20)), (5 * 4, 4 * 4));
    gan_ok(folder.path(), &["sample", "--class", "0-3", "--seeds", "2", "--out", "classes"]);
    gan_ok(folder.path(), &["sample", "--seeds", "2", "--out", "plain"]);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let pixels = |name: &str| gan_data::picture::decode_png(&read(name)).unwrap();
    assert_ne!(pixels("classes/class1-seed0002.png"), pixels("classes/class3-seed0002.png"));
    // Where no class is asked for, it is the seed's.
    assert_eq!(pixels("plain/class2-seed0002.png"), pixels("classes/class2-seed0002.png"));
    let output = process(folder.path(), &["evaluate", "--extractor", "pixels", "--samples", "50"]);
    assert!(output.stdout.contains("fd_pixels_50"));

    let told = gan_fails(folder.path(), &["sample", "--class", "4"], 2);
    assert!(told.contains("classes 0 to 3"), "{told}");
    gan_fails(folder.path(), &["sample", "--class", "0-3", "--grid", "3x3"], 2);
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "2", "--batch-size", "20"]);
    let told = gan_fails(folder.path(), &["sample", "--class", "1"], 2);
    assert!(told.contains("--conditional"), "{told}");
}

#[test]
fn what_memory_would_not_hold_is_refused_before_anything_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "2", "--batch-size", "20"]);
    for (flags, rule) in [
        (vec!["--grid", "1000x1000", "--scale", "64"], "at most 100000000"),
        (
            vec!["--grid", "1000x1000", "--num-keyframes", "10000", "--out", "a.gif"],
            "at most 500000000",
        ),
        (vec!["--grid", "4x4", "--frames", "1000", "--scale", "64", "--out", "a.gif"], "pixels"),
    ] {
        let told = gan_fails(folder.path(), &[&["sample"], &flags[..]].concat(), 2);
        assert!(told.contains(rule), "{flags:?}: {told}");
    }
}

#[test]
fn an_animation_walks_from_seed_to_seed_and_truncation_draws_less_various_images() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "10", "--batch-size", "20"]);
    let walk = ["--seeds", "0-2", "--frames", "4", "--scale", "1", "--out", "walk.gif"];
    gan_ok(folder.path(), &[&["sample"], &walk[..]].concat());
    let file = std::fs::File::open(folder.path().join("walk.gif")).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(file).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames.push(frame.buffer.to_vec());
    }
    // Three keyframes of four frames, each unlike the one before it.
    assert_eq!(frames.len(), 12);
    assert!(frames.windows(2).all(|pair| pair[0] != pair[1]));
    let pixels = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        gan_data::picture::decode_png(&bytes).unwrap().bytes
    };
    gan_ok(folder.path(), &["sample", "--seeds", "0-2", "--out", "keys"]);
    for (key, frame) in frames.iter().step_by(4).enumerate() {
        assert_eq!(*frame, pixels(&format!("keys/seed000{key}.png")), "{key}");
    }

    let truncated = |truncation: &str, out: &str| {
        gan_ok(
            folder.path(),
            &["sample", "--seeds", "0-2", "--truncation", truncation, "--out", out],
        );
    };
    truncated("0.5", "half");
    truncated("0", "none");
    assert_ne!(pixels("half/seed0000.png"), pixels("keys/seed0000.png"));
    assert_eq!(pixels("none/seed0000.png"), pixels("none/seed0001.png"));
}

#[test]
fn rows_of_classes_have_names_and_points_the_real_ones_below_them() {
    let folder = tempfile::tempdir().unwrap();
    let data = tiny_data(folder.path());
    tiny_labels(&data);
    let train = ["--conditional", "--data", "tiny", "--steps", "2", "--batch-size", "20"];
    gan_ok(folder.path(), &train);
    let read = |name: &str| {
        gan_data::picture::decode_png(&std::fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    gan_ok(folder.path(), &["sample", "--class", "0-3", "--seeds", "0-4", "--scale", "4"]);
    let named = read("samples.png");
    assert_eq!((named.width, named.height), (5 * 16 + "class 0".len() * 6 + 6, 4 * 16));
    gan_ok(folder.path(), &["reproduce", "samples.png"]);

    gan_ok(folder.path(), &["data", "synth", "ring", "--out", "ring.npz"]);
    gan_ok(folder.path(), &["--data", "ring.npz", "--steps", "2", "--batch-size", "20"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-9", "--out", "points.png"]);
    let grey = |picture: &gan_data::picture::Picture| {
        let is_grey = |pixel: &&[u8]| pixel[0] == pixel[2] && pixel[0] < 250;
        picture.bytes.chunks_exact(3).filter(is_grey).count()
    };
    assert!(grey(&read("points.png")) > 1000);
    // Where the data has gone, that is said, and the generated points are alone.
    std::fs::remove_file(folder.path().join("ring.npz")).unwrap();
    let told = gan_ok(folder.path(), &["sample", "--seeds", "0-9", "--out", "alone.png"]).stderr;
    assert!(told.contains("without the real points"), "{told}");
    assert_eq!(grey(&read("alone.png")), 0);
}

#[test]
fn arrays_and_folders_are_as_long_as_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    tiny_data(folder.path());
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "2", "--batch-size", "20"]);
    gan_ok(folder.path(), &["sample", "--seeds", "0-599", "--out", "all.npy"]);
    gan_ok(folder.path(), &["sample", "--seeds", "590-599", "--out", "last.npy"]);
    let values = |name: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        gan_data::numpy::read_npy(&bytes).unwrap()
    };
    let ((shape, all), (_, last)) = (values("all.npy"), values("last.npy"));
    assert_eq!(shape, [600, 1, 4, 4]);
    assert_eq!(all[590 * 16..], last);
}
