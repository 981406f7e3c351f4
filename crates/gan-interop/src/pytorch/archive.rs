//! `.pth` files: a ZIP archive with a pickle and the values of each tensor.

use std::io::{Cursor, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::pickle;
use crate::network::Network;

/// The entry, beside what PyTorch reads, with the network's metadata as JSON: what
/// `torch.load(…, _extra_files={"gan.json": ""})` gives back.
const EXTRA: &str = "extra/gan.json";
const ROOT: &str = "network";
/// More is no description of a network.
const MAX_EXTRA: u64 = 1 << 20;

impl Network {
    /// The bytes of a `.pth` file: a state dict that `torch.load(weights_only=True)` reads and that
    /// the module of [`pytorch_module`](Self::pytorch_module) takes.
    ///
    /// The configuration and where the network comes from stand beside it in the archive, in
    /// `extra/gan.json`, where PyTorch leaves them alone and
    /// [`import_generator`](crate::import_generator) finds them.
    pub fn pth(&self) -> Vec<u8> {
        let tensors = self.state_dict();
        let shapes = tensors.iter().map(|(name, data)| (name.as_str(), data.shape().to_vec()));
        let json = serde_json::to_vec(&self.metadata).expect("text is always JSON");
        let mut archive = Archive(ZipWriter::new(Cursor::new(Vec::new())));
        archive.entry("data.pkl", &pickle::state_dict(shapes));
        archive.entry("byteorder", b"little");
        for (key, data) in tensors.values().enumerate() {
            let values: &[f32] = data.as_slice().expect("networks are f32");
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            archive.entry(&format!("data/{key}"), &bytes);
        }
        archive.entry(EXTRA, &json);
        archive.entry("version", b"3\n");
        archive.0.finish().expect("memory takes it").into_inner()
    }
}

/// Our entry in the archive `file`, where it has one.
pub(crate) fn read_extra(file: impl Read + Seek) -> Option<String> {
    let mut archive = ZipArchive::new(file).ok()?;
    let names = archive.file_names().filter_map(Result::ok);
    let name = names.map(|name| name.into_owned()).find(|name| name.ends_with(EXTRA))?;
    let mut text = String::new();
    archive.by_name(&name).ok()?.take(MAX_EXTRA).read_to_string(&mut text).ok()?;
    Some(text)
}

struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    /// Stored as it is, as PyTorch wants it, at a multiple of 64 bytes, so that it can be mapped into memory.
    fn entry(&mut self, name: &str, bytes: &[u8]) {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            // The default is today where the crate knows the time.
            .last_modified_time(zip::DateTime::default())
            .with_alignment(64);
        self.0.start_file(format!("{ROOT}/{name}"), options).expect("names are not used twice");
        self.0.write_all(bytes).expect("memory takes it");
    }
}
