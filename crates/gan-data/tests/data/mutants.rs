//! Mutated files of every format: whatever is in them, they are read or refused, and nothing panics.
//!
//! `cargo xtask fuzz --seconds 60` goes on for a minute, with `GAN_FUZZ_SECONDS`, from another beginning
//! each time; without the variable a few mutants of each file are tried, always the same.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gan_data::{Alpha, OpenOptions, Rule, open_with, pack};

use crate::files::{folder, grey, gzipped, idx, labels, npy, png, zipped};
use crate::formats::encoded;

/// Numbers that headers trip over.
const EDGES: [u8; 6] = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/// A linear congruential generator (Knuth, MMIX): chance of no importance, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// A whole file of every format that is read.
fn originals() -> Vec<(&'static str, Vec<u8>)> {
    let array = npy("|u1", "(2, 2, 3)", &(0..12).collect::<Vec<u8>>());
    let floats: Vec<u8> = [0.0f32, 0.5, 1.0, 0.25].iter().flat_map(|x| x.to_le_bytes()).collect();
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in [("1/b.png", grey(10)), ("0/a.png", grey(0))] {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let source = folder(&[("1.png", grey(0)), ("2.png", grey(1))]);
    let packed = source.path().join("set");
    pack(source.path(), &OpenOptions::default(), &packed).unwrap();
    let mut all = vec![
        ("idx", idx(8, &[2, 2, 3], &(0..12).collect::<Vec<u8>>())),
        ("idx.gz", gzipped(&idx(8, &[2, 2, 3], &(0..12).collect::<Vec<u8>>()))),
        ("npy", array.clone()),
        ("floats.npy", npy("<f4", "(1, 2, 2)", &floats)),
        ("npz", zipped(&[("images.npy", array), ("labels.npy", npy("|u1", "(2,)", &[1, 2]))])),
        ("zip", zipped(&[("0/a.png", grey(0)), ("1/b.png", png(3, 3, vec![7; 18]))])),
        ("tar", tar.clone()),
        ("tar.gz", gzipped(&tar)),
        ("csv", b"label,p0,p1,p2,p3\n7,0,1,2,255\n3,4,5,6,7\n".to_vec()),
        ("packed", std::fs::read(packed).unwrap()),
        ("folder/a.png", grey(0)),
        ("folder/colour.png", png(3, 3, (0..18).collect())),
        ("folder/dataset.json", br#"{"labels": [["other.png", 6]]}"#.to_vec()),
        ("folder/train-labels-idx1-ubyte", labels(&[1, 2])),
    ];
    for (name, bytes) in encoded() {
        all.push((Box::leak(format!("folder/{name}").into_boxed_str()), bytes));
    }
    all
}

/// One to four changes of `bytes`.
fn mutant(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(4) {
        let place = dice.below(bytes.len());
        match dice.below(7) {
            _ if bytes.is_empty() => bytes.push(0),
            0 => bytes[place] ^= 1 << dice.below(8),
            1 => bytes[place] = EDGES[dice.below(EDGES.len())],
            2 => bytes[place] = dice.below(256) as u8,
            3 => bytes.truncate(place),
            4 => {
                let end = (place + 4).min(bytes.len());
                let edge = EDGES[dice.below(EDGES.len())];
                bytes[place..end].fill(edge);
            }
            5 => {
                let end = (place + dice.below(64)).min(bytes.len());
                let copy = bytes[place..end].to_vec();
                let at = dice.below(bytes.len());
                bytes.splice(at..at, copy);
            }
            _ => {
                let end = (place + dice.below(16)).min(bytes.len());
                bytes.drain(place..end);
            }
        }
    }
    bytes
}

/// Opens `bytes` as a file, or as a file beside a whole picture where its name says so.
fn try_open(place: &Path, name: &str, bytes: &[u8], rule: Rule) {
    let path = place.join(name);
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    let opened = if name.contains('/') { path.parent().unwrap() } else { &path };
    let options = OpenOptions { strict: Some(false), rule, ..OpenOptions::default() };
    if let Ok(opened) = open_with(opened, &options) {
        // What was opened can be used.
        if !opened.set.is_points() {
            let _ = opened.set.image(opened.set.len() - 1);
        }
        opened.report.lines(opened.set.shape());
    }
    if name.contains('/') {
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn mutants_of_every_format_are_read_or_refused() {
    let seconds = std::env::var("GAN_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let place = folder(&[("folder/other.png", grey(3))]);
    let originals = originals();
    let rules = [
        Rule::default(),
        Rule { alpha: Alpha::Keep, ..Rule::default() },
        Rule { resolution: Some([5, 4]), ..Rule::default() },
    ];
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let start = seconds.map_or(1, |_| now());
    let mut dice = Dice(start);
    let mut count = 0;
    for round in 0.. {
        let is_over = match deadline {
            Some(deadline) => Instant::now() >= deadline,
            None => round == 40,
        };
        if is_over {
            break;
        }
        for (name, bytes) in &originals {
            let mutant = mutant(bytes, &mut dice);
            let rule = rules[dice.below(rules.len())];
            let tried =
                catch_unwind(AssertUnwindSafe(|| try_open(place.path(), name, &mutant, rule)));
            if tried.is_err() {
                let kept = std::env::temp_dir().join(name.replace('/', "-"));
                std::fs::write(&kept, &mutant).unwrap();
                panic!("a mutant of {name} panicked: {}", kept.display());
            }
            count += 1;
        }
    }
    println!("{count} mutants of {} files were read or refused", originals.len());
}
