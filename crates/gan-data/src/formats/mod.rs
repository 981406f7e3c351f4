//! The formats that are read, told by content and never by extension.
//!
//! To add a format of arrays: a file here and a row of [`FORMATS`]. To add one of pictures that the
//! `image` crate decodes: its feature in `Cargo.toml` and a row.

mod csv;
pub mod idx;
mod layout;
mod npy;
mod npz;
mod packed;
pub(crate) mod picture;
mod refused;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::labels::Label;
use crate::{DataError, Modes};
use flate2::read::MultiGzDecoder;
use image::ImageFormat;
pub(crate) use refused::{REFUSED, Refused};
pub(crate) use {npz::open_archive, packed::open as open_packed, packed::write as write_packed};

/// So many bytes of a file's beginning tell what it is: a TAR says so at its 257th.
pub(crate) const HEAD_BYTES: u64 = 512;
/// Larger arrays are refused, whatever promises them.
pub(crate) const MAX_ARRAY_BYTES: u64 = 1 << 32;

/// What is read, for messages.
pub(crate) const ACCEPTED: &str = "read are a folder, ZIP or TAR of pictures (PNG, JPEG, WebP, GIF, BMP, TIFF), \
                        IDX files, NumPy arrays (.npy, .npz), and a CSV of pixels";

/// A format that is read.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// Whether a file that begins so is of this format.
    recognise: fn(&[u8]) -> bool,
    pub(crate) kind: Kind,
}

/// How a format is read.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// One picture.
    Picture(ImageFormat),
    /// Many images of one size, or points, or labels.
    Array(fn(&Path, &mut dyn Read) -> Result<Arrays, DataError>),
    /// Files, or NumPy arrays.
    Zip,
    /// Files.
    Tar,
    /// A set that `gan data pack` wrote.
    Packed,
}

/// Every format that is read. The order matters where one beginning could be two formats.
pub(crate) const FORMATS: &[Format] = &[
    Format {
        name: "PNG",
        recognise: |head| head.starts_with(b"\x89PNG\r\n\x1a\n"),
        kind: Kind::Picture(ImageFormat::Png),
    },
    Format {
        name: "JPEG",
        recognise: |head| head.starts_with(&[0xff, 0xd8, 0xff]),
        kind: Kind::Picture(ImageFormat::Jpeg),
    },
    Format {
        name: "WebP",
        recognise: |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        kind: Kind::Picture(ImageFormat::WebP),
    },
    Format {
        name: "GIF",
        recognise: |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
        kind: Kind::Picture(ImageFormat::Gif),
    },
    Format {
        name: "BMP",
        // The header after the two letters has one of few lengths.
        recognise: |head| {
            head.starts_with(b"BM")
                && matches!(head.get(14), Some(12 | 40 | 52 | 56 | 64 | 108 | 124))
        },
        kind: Kind::Picture(ImageFormat::Bmp),
    },
    Format {
        name: "TIFF",
        recognise: |head| head.starts_with(b"II*\0") || head.starts_with(b"MM\0*"),
        kind: Kind::Picture(ImageFormat::Tiff),
    },
    Format { name: "IDX", recognise: idx::recognise, kind: Kind::Array(idx::read_array) },
    Format {
        name: "NumPy",
        recognise: |head| head.starts_with(b"\x93NUMPY"),
        kind: Kind::Array(npy::read_array),
    },
    Format {
        name: "ZIP",
        recognise: |head| head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"),
        kind: Kind::Zip,
    },
    Format { name: "TAR", recognise: |head| head.get(257..262) == Some(b"ustar"), kind: Kind::Tar },
    Format { name: "packed set", recognise: packed::recognise, kind: Kind::Packed },
    Format { name: "CSV", recognise: csv::recognise, kind: Kind::Array(csv::read_array) },
];

/// What a file of arrays holds.
pub(crate) enum Arrays {
    Images(Images),
    Points {
        points: Vec<[f32; 2]>,
        modes: Option<Modes>,
    },
    /// Labels of images that lie elsewhere.
    Labels(Vec<Label>),
}

/// Images of one size, before the rule.
#[derive(Default)]
pub(crate) struct Images {
    /// `[channels, height, width]` of each.
    pub(crate) shape: [usize; 3],
    /// All of them, plane by plane.
    pub(crate) bytes: Vec<u8>,
    pub(crate) labels: Option<Vec<Label>>,
    pub(crate) modes: Option<Modes>,
    /// What was understood in one of several possible ways.
    pub(crate) notes: Vec<String>,
}

impl Images {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.shape.iter().product::<usize>().max(1)
    }
}

/// What a file is, told by its beginning.
pub(crate) struct Recognised {
    pub(crate) format: &'static Format,
    /// It is so after `gunzip`.
    pub(crate) gzipped: bool,
}

/// The beginning of a file, by which it is recognised.
pub(crate) fn beginning(path: &Path) -> Result<Vec<u8>, DataError> {
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let mut bytes = Vec::new();
    let read = file.take(HEAD_BYTES).read_to_end(&mut bytes);
    read.map_err(|error| DataError::read(path, error))?;
    Ok(bytes)
}

/// What a file that begins with `head` is, if it is known.
pub(crate) fn recognise(head: &[u8]) -> Option<Recognised> {
    let find = |head: &[u8]| FORMATS.iter().find(|format| (format.recognise)(head));
    if !head.starts_with(&[0x1f, 0x8b]) {
        return find(head).map(|format| Recognised { format, gzipped: false });
    }
    let mut unpacked = Vec::new();
    // The head is cut short, so an error is expected after what could be unpacked.
    let _ = MultiGzDecoder::new(head).take(HEAD_BYTES).read_to_end(&mut unpacked);
    let format = find(&unpacked)?;
    matches!(format.kind, Kind::Array(_) | Kind::Tar)
        .then_some(Recognised { format, gzipped: true })
}

/// What a file that begins with `head` is, if it is known not to be read.
pub(crate) fn recognise_refused(head: &[u8]) -> Option<&'static Refused> {
    REFUSED.iter().find(|refused| (refused.recognise)(head))
}

/// The arrays in `reader`.
pub(crate) fn read_array(
    place: &Path,
    recognised: &Recognised,
    reader: &mut dyn Read,
) -> Result<Arrays, DataError> {
    let Kind::Array(read) = recognised.format.kind else {
        unreachable!("only arrays are read as arrays");
    };
    match recognised.gzipped {
        true => read(place, &mut MultiGzDecoder::new(std::io::BufReader::new(reader))),
        false => read(place, reader),
    }
}

/// Exactly `promised` bytes. Memory grows with what is there, not with what was promised, and its
/// lack is an error.
pub(crate) fn read_promised(reader: &mut dyn Read, promised: u64) -> Result<Vec<u8>, String> {
    if promised > MAX_ARRAY_BYTES {
        return Err(format!(
            "its header promises {promised} bytes; at most {MAX_ARRAY_BYTES} are read"
        ));
    }
    // One byte more than promised, to notice a longer file without reading all of it.
    let mut reader = reader.take(promised + 1);
    let mut bytes = Vec::new();
    loop {
        let missing = promised as usize + 1 - bytes.len();
        let step = missing.min(bytes.len().max(1 << 20));
        bytes.try_reserve_exact(step).map_err(|_| {
            format!("its header promises {promised} bytes, more than there is memory for")
        })?;
        let read = (&mut reader)
            .take(step as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("cannot be read to its end: {error}"))?;
        if read < step || bytes.len() as u64 > promised {
            break;
        }
    }
    match (bytes.len() as u64).cmp(&promised) {
        std::cmp::Ordering::Equal => Ok(bytes),
        std::cmp::Ordering::Less => Err(format!(
            "cut short: its header promises {promised} bytes, {} are there",
            bytes.len()
        )),
        std::cmp::Ordering::Greater => {
            Err(format!("longer than the {promised} bytes that its header promises"))
        }
    }
}
