//! Packed sets: one safetensors file of decoded images, read as they are needed.
//!
//! `images` is `u8 [count, channels, height, width]`, `labels` (where there are any) `u32 [count]`.
//! The metadata hold the name of the set, its checksum, its classes and the report of how it was made.
//! Images are read from their place in the file (`pread`), not mapped. The system's page cache serves both
//! alike, but a mapping is worse in two ways. A file that is cut short while it is mapped ends the process
//! with SIGBUS, which no wrapper around `mmap` can turn into an error; a read that comes short is one. And
//! what is touched of a mapping counts as the process's memory, which a shuffled epoch makes the whole set;
//! here it is a batch. A read costs a copy more, of kilobytes: `docs/data.md` has it measured.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::Metadata;
use serde_json::{Map, Value, json};

use crate::images::{Checksum, Packed};
use crate::naming::set_name;
use crate::report::Report;
use crate::{DataError, ImageSet};

/// What the metadata begin with.
const FORMAT: &str = "gan packed set 1";
/// Longer headers are refused: it holds names of classes and the report.
const MAX_HEADER_BYTES: u64 = 1 << 26;

/// Whether a file that begins so is a packed set.
pub(super) fn recognise(head: &[u8]) -> bool {
    head.get(8..).is_some_and(|json| json.starts_with(start().as_bytes()))
}

fn start() -> String {
    format!("{{\"__metadata__\":{{\"format\":\"{FORMAT}\"")
}

/// Opens a packed set; its images stay in the file.
pub(crate) fn open(path: &Path) -> Result<(ImageSet, Report), DataError> {
    let invalid = |problem: String| DataError::invalid(path, problem);
    let damaged = |problem: &str| invalid(format!("a damaged packed set: {problem}; pack it anew"));
    let read = |error: std::io::Error| DataError::read(path, error);
    let mut file = File::open(path).map_err(read)?;
    let length = file.metadata().map_err(read)?.len();
    let mut header = vec![0; 8];
    file.read_exact(&mut header).map_err(read)?;
    let header_length = u64::from_le_bytes(header[..8].try_into().expect("8 bytes"));
    if header_length > MAX_HEADER_BYTES.min(length) {
        return Err(damaged("the length of its header"));
    }
    header.resize(8 + header_length as usize, 0);
    file.read_exact(&mut header[8..]).map_err(read)?;
    let metadata: Metadata =
        serde_json::from_slice(&header[8..]).map_err(|error| damaged(&error.to_string()))?;
    let tensor = |name: &str| metadata.info(name);
    let images = tensor("images").ok_or_else(|| damaged("it has no images"))?;
    let &[count, channels, height, width] = images.shape.as_slice() else {
        return Err(damaged("its images have not four sides"));
    };
    let begin = 8 + header_length + images.data_offsets.0 as u64;
    let end = metadata.tensors().values().map(|info| info.data_offsets.1).max().unwrap_or(0);
    if images.dtype != Dtype::U8 || 8 + header_length + end as u64 != length {
        return Err(damaged("it is shorter or longer than its header says"));
    }
    let labels = match tensor("labels") {
        None => None,
        Some(info) if info.dtype == Dtype::U32 && info.shape == [count] => {
            let begin = 8 + header_length + info.data_offsets.0 as u64;
            file.seek(SeekFrom::Start(begin)).map_err(read)?;
            let mut bytes = vec![0; 4 * count];
            file.read_exact(&mut bytes).map_err(read)?;
            let (words, _) = bytes.as_chunks::<4>();
            Some(words.iter().map(|word| u32::from_le_bytes(*word)).collect::<Vec<u32>>())
        }
        Some(_) => return Err(damaged("its labels are not one number for each image")),
    };
    let about = metadata.metadata().as_ref();
    let text = |key: &str| about.and_then(|about| about.get(key)).map(String::as_str);
    let checksum = text("checksum")
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .ok_or_else(|| damaged("it has no checksum"))?;
    let report: Report = text("report")
        .and_then(|json| serde_json::from_str(json).ok())
        .ok_or_else(|| damaged("its report"))?;
    let shape = [channels, height, width];
    let packed = Packed::new(path, file, begin, count, shape, checksum)?;
    let mut set = ImageSet::of_packed(set_name(path), shape, packed, labels)?;
    if let Some(names) = text("classes") {
        let names: Vec<String> = serde_json::from_str(names).map_err(|_| damaged("its classes"))?;
        set = set.with_class_names(names)?;
    }
    Ok((set, report))
}

/// Writes images of `shape` that `source` holds one after the other, and nothing else, to `out`.
pub(crate) fn write(
    out: &mut impl Write,
    shape: [usize; 3],
    source: &mut File,
    labels: Option<&[u32]>,
    class_names: Option<&[String]>,
    report: &Report,
) -> std::io::Result<()> {
    let bytes = source.seek(SeekFrom::End(0))?;
    let [channels, height, width] = shape;
    let count = bytes / (channels * height * width) as u64;
    let mut checksum = Checksum::new(shape);
    source.rewind()?;
    let mut reader = BufReader::with_capacity(1 << 20, &mut *source);
    let mut chunk = vec![0; 1 << 20];
    loop {
        match reader.read(&mut chunk)? {
            0 => break,
            read => checksum.bytes(&chunk[..read]),
        }
    }
    if let Some(labels) = labels {
        checksum.labels(labels);
    }

    let mut about = Map::new();
    about.insert("checksum".into(), format!("{:08x}", checksum.sum()).into());
    about.insert("report".into(), serde_json::to_string(report)?.into());
    if let Some(names) = class_names {
        about.insert("classes".into(), serde_json::to_string(names)?.into());
    }
    let mut tensors = Map::new();
    tensors.insert(
        "images".into(),
        json!({"dtype": "U8", "shape": [count, channels, height, width], "data_offsets": [0, bytes]}),
    );
    let gap = bytes.next_multiple_of(4) - bytes;
    if let Some(labels) = labels {
        // Numbers of four bytes lie at a multiple of four; what fills the gap is named too.
        let begin = bytes + gap;
        if gap > 0 {
            tensors.insert(
                "padding".into(),
                json!({"dtype": "U8", "shape": [gap], "data_offsets": [bytes, begin]}),
            );
        }
        let end = begin + 4 * labels.len() as u64;
        tensors.insert(
            "labels".into(),
            json!({"dtype": "U32", "shape": [labels.len()], "data_offsets": [begin, end]}),
        );
    }
    // Written by hand, so that the file begins with its format.
    let object = |map: Map<String, Value>| {
        let text = Value::Object(map).to_string();
        text[1..].to_owned()
    };
    let mut header = format!("{},{},{}", start(), object(about), object(tensors));
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));

    let mut writer = BufWriter::with_capacity(1 << 20, out);
    writer.write_all(&(header.len() as u64).to_le_bytes())?;
    writer.write_all(header.as_bytes())?;
    source.rewind()?;
    std::io::copy(source, &mut writer)?;
    if let Some(labels) = labels {
        writer.write_all(&[0; 4][..gap as usize])?;
        for label in labels {
            writer.write_all(&label.to_le_bytes())?;
        }
    }
    writer.flush()
}
