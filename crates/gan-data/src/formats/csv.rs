//! Tables of pixels, a line for each image, as Kaggle has MNIST: `label,pixel0,pixel1,…`.

use std::io::Read;
use std::path::Path;

use super::layout::layout;
use super::{Arrays, Images, MAX_ARRAY_BYTES};
use crate::DataError;
use crate::labels::Label;

/// Tables of fewer columns hold no images: 4 pixels are the smallest.
const MIN_COLUMNS: usize = 4;
/// What the column of classes may be called.
const LABELS: [&str; 5] = ["label", "labels", "class", "target", "y"];

/// Whether a file that begins so is a table of numbers.
pub(super) fn recognise(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_text = |byte: &u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r');
    line.iter().all(is_text)
        && line.iter().filter(|&&byte| byte == delimiter(line)).count() + 1 >= MIN_COLUMNS
        && line.split(|&byte| byte == delimiter(line)).take(4).all(is_cell)
}

/// A number, or a name such as `pixel0`.
fn is_cell(cell: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+\" \r".contains(byte);
    !cell.is_empty() && cell.iter().all(plain)
}

fn delimiter(line: &[u8]) -> u8 {
    let count = |delimiter: u8| line.iter().filter(|&&byte| byte == delimiter).count();
    *b",;\t".iter().rev().max_by_key(|&&delimiter| count(delimiter)).expect("three of them")
}

/// All lines as images; the class is the column called `label` or so, or the first of one more than
/// a square of columns.
pub(super) fn read_array(path: &Path, reader: &mut dyn Read) -> Result<Arrays, DataError> {
    let invalid = |problem: String| DataError::invalid(path, problem);
    let mut head = [0; 512];
    let mut filled = 0;
    while filled < head.len() {
        match reader.read(&mut head[filled..]).map_err(|error| DataError::read(path, error))? {
            0 => break,
            read => filled += read,
        }
    }
    let head = &head[..filled];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first_line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .delimiter(delimiter(first_line))
        .from_reader(text.chain(reader));
    let mut label_column = None;
    let mut columns = 0;
    let mut bytes = Vec::new();
    let mut labels = Vec::new();
    for (line, record) in table.records().enumerate() {
        let record = record.map_err(|error| invalid(error.to_string()))?;
        if line == 0 {
            columns = record.len();
            let named = record
                .iter()
                .position(|name| LABELS.contains(&name.to_ascii_lowercase().trim_matches('"')));
            let is_square = |pixels: usize| pixels.isqrt().pow(2) == pixels;
            label_column = named.or((!is_square(columns) && is_square(columns - 1)).then_some(0));
            // A line of names, not of numbers.
            if record.iter().all(|name| name.parse::<f64>().is_err()) {
                continue;
            }
        }
        for (column, cell) in record.iter().enumerate() {
            let number: f64 = cell.parse().map_err(|_| {
                invalid(format!("line {}, column {}: {cell:?} is no number", line + 1, column + 1))
            })?;
            let is_whole = number.fract() == 0.0;
            if Some(column) == label_column {
                if !is_whole || number.abs() > 1e15 {
                    return Err(invalid(format!("line {}: {cell} is no class", line + 1)));
                }
                labels.push(Label::Number(number as i64));
            } else if is_whole && (0.0..=255.0).contains(&number) {
                bytes.push(number as u8);
            } else {
                return Err(invalid(format!(
                    "line {}, column {}: {cell}; pixels are whole numbers from 0 to 255",
                    line + 1,
                    column + 1
                )));
            }
        }
        if bytes.len() as u64 > MAX_ARRAY_BYTES {
            return Err(invalid(format!("more than {MAX_ARRAY_BYTES} pixels")));
        }
    }
    let pixels = columns - usize::from(label_column.is_some());
    if bytes.is_empty() {
        return Err(invalid("a table without images".into()));
    }
    let shape = layout(&[bytes.len() / pixels, pixels]).map_err(invalid)?.shape;
    let labels = label_column.map(|_| labels);
    Ok(Arrays::Images(Images { shape, bytes, labels, ..Images::default() }))
}
