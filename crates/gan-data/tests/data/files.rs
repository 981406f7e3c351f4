//! Files made for the tests.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use gan_data::picture::Picture;
use gan_data::picture::encode_png;
use gan_data::{ImageSet, open};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An IDX file: a header with `kind` and `dims`, and `bytes` after it, fitting or not.
pub fn idx(kind: u8, dims: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, kind, dims.len() as u8];
    for dim in dims {
        file.extend(dim.to_be_bytes());
    }
    file.extend(bytes);
    file
}

/// `count` grey images of 2 × 3, no two alike, the first value of the first one being `first`.
pub fn images(count: u32, first: u8) -> Vec<u8> {
    let bytes: Vec<u8> = (0..count * 6).map(|i| first.wrapping_add(i as u8)).collect();
    idx(8, &[count, 2, 3], &bytes)
}

pub fn labels(classes: &[u8]) -> Vec<u8> {
    idx(8, &[classes.len() as u32], classes)
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A grey PNG picture of 3 × 2 pixels, the first of which is `first`.
pub fn grey(first: u8) -> Vec<u8> {
    png(1, 3, (0..6).map(|i| first.wrapping_add(i)).collect())
}

/// A PNG picture of two rows, `channels` values a pixel.
pub fn png(channels: usize, width: usize, bytes: Vec<u8>) -> Vec<u8> {
    let height = bytes.len() / width / channels;
    encode_png(&Picture { width, height, channels, bytes }, &[]).unwrap()
}

/// A ZIP file with these files, each deflated.
pub fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A `.npy` file of elements of type `kind` (`|u1`, `<f4`, …), as NumPy's format description has it.
pub fn npy(kind: &str, shape: &str, bytes: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    npy_with_header(&text, bytes)
}

pub fn npy_with_header(text: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = text.as_bytes().to_vec();
    text.resize((text.len() + 11).next_multiple_of(64) - 11, b' ');
    text.push(b'\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((text.len() as u16).to_le_bytes());
    file.extend(text);
    file.extend(bytes);
    file
}

/// A folder with these files, in folders below it where their names say so.
pub fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        write(folder.path(), name, bytes);
    }
    folder
}

pub fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The name of the class of each image.
pub fn classes(set: &ImageSet) -> Vec<&str> {
    let names = set.class_names().unwrap();
    set.labels().unwrap().iter().map(|&label| names[label as usize].as_str()).collect()
}

/// The set in a file called `name` with these bytes.
pub fn open_bytes(name: &str, bytes: &[u8]) -> Result<ImageSet, String> {
    let folder = folder(&[(name, bytes.to_vec())]);
    open(folder.path().join(name)).map_err(|error| {
        let message = error.to_string();
        assert!(message.contains(name), "names the file: {message}");
        message
    })
}
