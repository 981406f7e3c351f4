//! What an animation says of itself: a comment of GIF, text of PNG, XMP of WebP.

use crate::DataError;
use crate::picture::png_text;

const BEFORE: &str = "<rdf:li xml:lang=\"x-default\">";
const AFTER: &str = "</rdf:li>";
const ESCAPES: [(&str, &str); 3] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")];

/// The (keyword, text) pairs of a GIF, PNG or WebP file, in their order; none where it carries none.
///
/// # Errors
/// If `bytes` are none of them, or a file cut short before its text.
pub fn animation_text(bytes: &[u8]) -> Result<Vec<(String, String)>, DataError> {
    if bytes.starts_with(b"\x89PNG") {
        return png_text(bytes);
    }
    let lines = match bytes {
        [b'G', b'I', b'F', ..] => gif_comment(bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', chunks @ ..] => {
            webp_description(chunks)
        }
        _ => return Err(DataError::Picture("neither a GIF, a PNG nor a WebP".into())),
    };
    let lines = lines.ok_or_else(|| DataError::Picture("the file is cut short".into()))?;
    Ok(from_lines(&lines))
}

/// `keyword: text`, a line each.
pub(super) fn as_lines(text: &[(&str, String)]) -> String {
    let line =
        |(keyword, value): &(&str, String)| format!("{keyword}: {}", value.replace('\n', " "));
    text.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn from_lines(lines: &str) -> Vec<(String, String)> {
    let pairs = lines.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(keyword, value)| (keyword.to_owned(), value.to_owned())).collect()
}

/// The same as the description of an XMP packet.
pub(super) fn as_xmp(text: &[(&str, String)]) -> String {
    let lines =
        ESCAPES.iter().fold(as_lines(text), |text, (plain, code)| text.replace(plain, code));
    format!(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:description><rdf:Alt>{BEFORE}{lines}{AFTER}</rdf:Alt></dc:description>\
         </rdf:Description></rdf:RDF></x:xmpmeta>"
    )
}

/// The comments before the first image, behind each other; `None` if the file ends there.
fn gif_comment(bytes: &[u8]) -> Option<String> {
    const EXTENSION: u8 = 0x21;
    const COMMENT: u8 = 0xFE;
    let flags = *bytes.get(10)?;
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours;
    let mut comment = Vec::new();
    while *bytes.get(at)? == EXTENSION {
        let kind = *bytes.get(at + 1)?;
        at += 2;
        loop {
            let length = usize::from(*bytes.get(at)?);
            let block = bytes.get(at + 1..at + 1 + length)?;
            at += 1 + length;
            if length == 0 {
                break;
            }
            if kind == COMMENT {
                comment.extend_from_slice(block);
            }
        }
    }
    Some(String::from_utf8_lossy(&comment).into_owned())
}

/// The description in the XMP chunk, empty without one; `None` if the file is cut short.
fn webp_description(mut chunks: &[u8]) -> Option<String> {
    while let Some((name, rest)) = chunks.split_first_chunk::<4>() {
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let content = rest.get(..size)?;
        if name == b"XMP " {
            let text = std::str::from_utf8(content).ok()?;
            let (_, text) = text.split_once(BEFORE)?;
            let (text, _) = text.split_once(AFTER)?;
            let unescape = |text: String, (plain, code): &(&str, &str)| text.replace(code, plain);
            return Some(ESCAPES.iter().rev().fold(text.to_owned(), unescape));
        }
        chunks = rest.get(size + size % 2..).unwrap_or_default();
    }
    Some(String::new())
}
