//! EMNIST (Cohen et al. 2017): IDX files in one archive, whose images lie on their side.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;

use super::FetchError;
use super::download::of_file;
use crate::files::{Files, Zip};
use crate::formats::write_packed;
use crate::report::Report;
use crate::rule::Rule;

/// The packed sets that are made of the archive.
pub(super) const LETTERS: &str = "emnist-letters.packed";
pub(super) const BALANCED: &str = "emnist-balanced.packed";
const ARCHIVE: &str = "gzip.zip";
const SIDE: usize = 28;
/// A header of IDX images, and of labels.
const IMAGES: ([u8; 4], usize) = ([0, 0, 8, 3], 16);
const LABELS: ([u8; 4], usize) = ([0, 0, 8, 1], 8);

pub(super) fn finish_letters(folder: &Path) -> Result<(), FetchError> {
    finish(folder, "letters", LETTERS)
}

pub(super) fn finish_balanced(folder: &Path) -> Result<(), FetchError> {
    finish(folder, "balanced", BALANCED)
}

/// Makes a packed set of the part `split` of the archive in `folder`: training images, then test images,
/// upright, with the characters that they show as names of the classes.
fn finish(folder: &Path, split: &str, out: &str) -> Result<(), FetchError> {
    let out = folder.join(out);
    if out.is_file() {
        return Ok(());
    }
    let archive = folder.join(ARCHIVE);
    let damaged = |problem: String| {
        of_file(&archive)(std::io::Error::new(std::io::ErrorKind::InvalidData, problem))
    };
    let files = Zip::open(&archive).map_err(|error| damaged(error.to_string()))?;
    let read = |end: &str| {
        let name = format!("emnist-{split}-{end}");
        let index = files.names().iter().position(|known| known.ends_with(&name));
        let bytes = index.ok_or_else(|| format!("no {name} inside")).and_then(|at| files.read(at));
        bytes.map_err(damaged)
    };
    let unpacked = |end: &str, (magic, header): ([u8; 4], usize)| {
        let mut bytes = Vec::new();
        let read = GzDecoder::new(read(end)?.as_slice()).read_to_end(&mut bytes);
        read.map_err(of_file(&archive))?;
        match bytes.starts_with(&magic) && bytes.len() > header {
            true => Ok(bytes.split_off(header)),
            false => Err(damaged(format!("emnist-{split}-{end} is no IDX file"))),
        }
    };
    let mapping = read("mapping.txt")?;
    let names = characters(&String::from_utf8_lossy(&mapping));
    let mut images = tempfile::tempfile_in(folder).map_err(of_file(folder))?;
    let mut labels = Vec::new();
    for part in ["train", "test"] {
        for image in
            unpacked(&format!("{part}-images-idx3-ubyte.gz"), IMAGES)?.chunks_exact(SIDE * SIDE)
        {
            images.write_all(&upright(image)).map_err(of_file(folder))?;
        }
        for label in unpacked(&format!("{part}-labels-idx1-ubyte.gz"), LABELS)? {
            let class = names.keys().position(|known| *known == label);
            let class =
                class.ok_or_else(|| damaged(format!("the label {label} has no character")))?;
            labels.push(class as u32);
        }
    }
    let report = Report {
        images: labels.len(),
        rule: Rule { resolution: Some([SIDE, SIDE]), ..Rule::default() },
        read: [(format!("from EMNIST {split}"), labels.len())].into(),
        ..Report::default()
    };
    let names: Vec<String> = names.into_values().collect();
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(of_file(folder))?;
    let shape = [1, SIDE, SIDE];
    write_packed(aside.as_file_mut(), shape, &mut images, Some(&labels), Some(&names), &report)
        .map_err(of_file(&out))?;
    aside.persist(&out).map_err(|error| of_file(&out)(error.error))?;
    Ok(())
}

/// The character of each label: lines of a label and the ASCII codes of what it stands for.
fn characters(mapping: &str) -> BTreeMap<u8, String> {
    let line = |line: &str| {
        let mut numbers = line.split_whitespace().map_while(|number| number.parse::<u8>().ok());
        Some((numbers.next()?, char::from(numbers.next()?).to_string()))
    };
    mapping.lines().filter_map(line).collect()
}

/// An image whose rows were stored as columns.
fn upright(image: &[u8]) -> Vec<u8> {
    (0..SIDE * SIDE).map(|at| image[at % SIDE * SIDE + at / SIDE]).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    #[test]
    fn letters_stand_upright_under_their_own_names() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = ZipWriter::new(File::create(folder.path().join(ARCHIVE)).unwrap());
        let mut add = |name: &str, bytes: &[u8]| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(bytes).unwrap();
            let bytes = if name.ends_with(".gz") { gzip.finish().unwrap() } else { bytes.to_vec() };
            let name = format!("gzip/emnist-letters-{name}");
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        };
        add("mapping.txt", b"1 65 97\n3 67 99\n");
        // One lit pixel, in the second row of what is stored.
        let mut image = [0; SIDE * SIDE];
        image[SIDE] = 255;
        for (part, label) in [("train", 3), ("test", 1)] {
            let header = [&IMAGES.0[..], &[0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]].concat();
            add(&format!("{part}-images-idx3-ubyte.gz"), &[&header[..], &image].concat());
            let labels = [&LABELS.0[..], &[0, 0, 0, 1, label]].concat();
            add(&format!("{part}-labels-idx1-ubyte.gz"), &labels);
        }
        writer.finish().unwrap();
        finish_letters(folder.path()).unwrap();
        let set = crate::open(folder.path().join(LETTERS)).unwrap();
        assert_eq!((set.len(), set.shape()), (2, [1, 28, 28]));
        assert_eq!(set.class_names().unwrap(), ["A", "C"]);
        assert_eq!(set.labels().unwrap(), [1, 0]);
        assert_eq!(set.image(0).unwrap().iter().position(|&byte| byte == 255), Some(1));
        let missing = finish_balanced(folder.path()).unwrap_err().to_string();
        assert!(missing.contains("no emnist-balanced-mapping.txt inside"), "{missing}");
    }
}
