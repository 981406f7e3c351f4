//! `gan interpolate` and `gan animate`.

use std::path::Path;

use gan_data::picture::{animation_text, decode_png};

use crate::program::{command, gan_fails, gan_ok, process, stderr, tiny_data, tiny_labels};

const RUN: &str = "runs/00000-tutorial-tiny";

fn trained(folder: &Path, more: &[&str]) {
    let data = tiny_data(folder);
    tiny_labels(&data);
    let train = ["--data", "tiny", "--steps", "6", "--batch-size", "20", "--samples-every", "2"];
    gan_ok(folder, &[&train[..], more].concat());
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

/// Frames of an APNG, as its header promises.
fn frames(bytes: &[u8]) -> u32 {
    let at = bytes.windows(4).position(|name| name == b"acTL").unwrap() + 4;
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn a_walk_begins_with_the_first_seeds_picture_and_every_kind_of_file_says_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    let flags = ["interpolate", "--seeds", "3-5", "--frames", "4", "--scale", "2", "--out"];
    let snapshot = gan_ok(folder.path(), &["info", &format!("{RUN}/snapshot-000006.safetensors")]);
    let hash = snapshot.stdout.split_whitespace().last().unwrap().to_owned();
    for name in ["walk.gif", "walk.webp", "walk.png"] {
        let printed = gan_ok(folder.path(), &[&flags[..], &[name]].concat()).stdout;
        assert_eq!(printed.trim(), name);
        let told = gan_ok(folder.path(), &["info", name]).stdout;
        assert!(told.contains("animation") && told.contains(&hash), "{told}");
        assert!(told.contains("3-5") && told.contains("gan-configuration"), "{told}");
        assert!(told.contains(env!("CARGO_PKG_VERSION")), "{told}");
    }
    let walk = read(folder.path(), "walk.png");
    // Two ways of four frames, and the end.
    assert_eq!(frames(&walk), 9);
    gan_ok(folder.path(), &["sample", "--seeds", "3", "--scale", "2", "--out", "one.png"]);
    let one = decode_png(&read(folder.path(), "one.png")).unwrap();
    assert_eq!(decode_png(&walk).unwrap(), one);

    gan_ok(folder.path(), &[&flags[..], &["loop.png", "--loop"]].concat());
    assert_eq!(frames(&read(folder.path(), "loop.png")), 12);
    let timed = ["interpolate", "--seeds", "0-7", "--grid", "4x2", "--loop", "--seconds", "2"];
    gan_ok(folder.path(), &[&timed[..], &["--fps", "8", "--out", "timed.png"]].concat());
    // All eight cells walk through all eight seeds: two frames for each.
    assert_eq!(frames(&read(folder.path(), "timed.png")), 16);
}

#[test]
fn what_would_stand_still_or_cannot_be_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    let told = |flags: &[&str]| gan_fails(folder.path(), &[&["interpolate"], flags].concat(), 2);
    assert!(told(&["--seeds", "7"]).contains("stand still"));
    assert!(
        told(&["--seeds", "0-6", "--grid", "2x2"]).contains("each cell as many")
            || told(&["--seeds", "0-6", "--grid", "2x2"]).contains("as many")
    );
    assert!(told(&["--out", "walk.avi"]).contains(".webp"));
    assert!(told(&["--fps", "60"]).contains("at most 50"));
    assert!(told(&["--class", "0-3"]).contains("--conditional"));
    assert!(told(&["--grid", "1000x1000", "--seeds", "0-7", "--scale", "64"]).contains("pixels"));
    assert!(told(&["--seeds", "0-99999", "--frames", "1000"]).contains("at most 100000"));
    assert!(!folder.path().join("interpolation.gif").exists());
}

#[test]
fn a_conditional_generator_walks_through_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &["--conditional"]);
    let sweep = ["interpolate", "--class", "0-3", "--seeds", "5", "--frames", "3", "--scale", "1"];
    gan_ok(folder.path(), &[&sweep[..], &["--loop", "--out", "sweep.png"]].concat());
    let bytes = read(folder.path(), "sweep.png");
    assert_eq!(frames(&bytes), 12);
    gan_ok(folder.path(), &["sample", "--class", "0", "--seeds", "5", "--out", "zero.png"]);
    let zero = decode_png(&read(folder.path(), "zero.png")).unwrap();
    assert_eq!(decode_png(&bytes).unwrap(), zero);
    let told = gan_fails(folder.path(), &["interpolate", "--class", "0-3", "--seeds", "0-1"], 2);
    assert!(told.contains("--grid"), "{told}");
    let told = gan_fails(folder.path(), &["interpolate", "--class", "4"], 2);
    assert!(told.contains("classes 0 to 3"), "{told}");
}

#[test]
fn the_pictures_of_a_run_become_an_animation_of_its_training() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    gan_ok(folder.path(), &["animate", "--out", "training.png"]);
    let bytes = read(folder.path(), "training.png");
    process(folder.path(), &["animate", "--out", "alone.png", "--threads", "1"]);
    assert!(bytes == read(folder.path(), "alone.png"));
    assert_eq!(frames(&bytes), 4);
    let text = animation_text(&bytes).unwrap();
    let value = |name: &str| text.iter().find(|(keyword, _)| keyword == name).unwrap().1.clone();
    assert_eq!(
        (value("gan-steps"), value("gan-run")),
        ("0-6".into(), "00000-tutorial-tiny".into())
    );
    assert_eq!(value("gan-configuration").len(), 64);
    let told = gan_fails(folder.path(), &["animate", "--fps", "4", "--seconds", "2"], 2);
    assert!(told.contains("one of the two"), "{told}");
    gan_ok(folder.path(), &["--data", "tiny", "--steps", "1", "--batch-size", "20"]);
    std::fs::remove_file(folder.path().join("runs/00001-tutorial-tiny/fakes-000001.png")).unwrap();
    let told = gan_fails(folder.path(), &["animate"], 1);
    assert!(told.contains("stand still"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_long_animation_and_leaves_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    let names = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let before = names();
    for (signal, out) in [("TERM", "walk.webp"), ("INT", "walk.gif")] {
        let walk = ["interpolate", "--seeds", "0-9", "--frames", "1000", "--scale", "16", "--out"];
        let child = command(folder.path(), &[&walk[..], &[out]].concat()).spawn().unwrap();
        let since = std::time::Instant::now();
        while names() == before {
            assert!(since.elapsed().as_secs() < 60, "nothing is written");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let id = child.id().to_string();
        std::process::Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
        assert!(stderr(&output).contains("not written"), "{}", stderr(&output));
        assert_eq!(names(), before);
    }
}

#[cfg(unix)]
#[test]
fn mp4_is_written_by_ffmpeg_and_without_it_the_program_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path(), &[]);
    let animate = |path: &Path| {
        let mut command = command(folder.path(), &["animate", RUN, "--out", "training.mp4"]);
        command.env("PATH", path).output().unwrap()
    };
    let tools = folder.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let output = animate(&tools);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not on the path"), "{}", stderr(&output));

    // Stands for ffmpeg: keeps how many bytes it was piped where the video would be.
    let ffmpeg = tools.join("ffmpeg");
    let script = "#!/bin/sh\nfor last; do :; done\n/usr/bin/wc -c > \"$last\"\n";
    std::fs::write(&ffmpeg, script).unwrap();
    std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = animate(&tools);
    assert!(output.status.success(), "{}", stderr(&output));
    let count: usize =
        String::from_utf8(read(folder.path(), "training.mp4")).unwrap().trim().parse().unwrap();
    let one = decode_png(&read(folder.path(), &format!("{RUN}/fakes-000000.png"))).unwrap();
    // Four frames, of which the last stays for two seconds of eight.
    assert_eq!(count, one.bytes.len() * (4 + 16));

    std::fs::write(&ffmpeg, "#!/bin/sh\necho no such codec >&2\nexit 3\n").unwrap();
    let output = animate(&tools);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("no such codec"), "{}", stderr(&output));
    assert_eq!(read(folder.path(), "training.mp4").len(), count.to_string().len() + 1);
}
