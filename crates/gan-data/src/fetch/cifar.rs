//! CIFAR-10's binary version: records of a class and 3 × 32 × 32 bytes, without a header that says so.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::FetchError;
use super::download::of_file;
use crate::files::{Files, Tar};
use crate::formats::write_packed;
use crate::report::Report;
use crate::rule::Rule;

/// The packed set that is made of the archive.
pub(super) const DATA: &str = "cifar-10.packed";
const ARCHIVE: &str = "cifar-10-binary.tar.gz";
const SHAPE: [usize; 3] = [3, 32, 32];
const RECORD: usize = 1 + 3 * 32 * 32;

/// Makes a packed set of the archive in `folder`: 50,000 training images, then 10,000 test images.
pub(super) fn finish(folder: &Path) -> Result<(), FetchError> {
    let out = folder.join(DATA);
    if out.is_file() {
        return Ok(());
    }
    let archive = folder.join(ARCHIVE);
    let damaged = |problem: String| {
        of_file(&archive)(std::io::Error::new(std::io::ErrorKind::InvalidData, problem))
    };
    let files = Tar::open(&archive, true).map_err(|error| damaged(error.to_string()))?;
    let read = |end: &str| {
        let index = files.names().iter().position(|name| name.ends_with(end));
        index.ok_or_else(|| format!("no {end} inside")).and_then(|index| files.read(index))
    };
    let names = read("batches.meta.txt").map_err(damaged)?;
    let names: Vec<String> =
        String::from_utf8_lossy(&names).split_whitespace().map(str::to_owned).collect();
    let mut images = tempfile::tempfile_in(folder).map_err(of_file(folder))?;
    let mut labels = Vec::new();
    let batches = (1..=5).map(|batch| format!("data_batch_{batch}.bin"));
    for batch in batches.chain(["test_batch.bin".to_owned()]) {
        let bytes = read(&batch).map_err(damaged)?;
        for record in bytes.chunks_exact(RECORD) {
            labels.push(u32::from(record[0]));
            images.write_all(&record[1..]).map_err(of_file(folder))?;
        }
    }
    let report = Report {
        images: labels.len(),
        rule: Rule { resolution: Some([32, 32]), ..Rule::default() },
        read: [("from CIFAR-10".to_owned(), labels.len())].into(),
        ..Report::default()
    };
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(of_file(folder))?;
    let file: &mut File = aside.as_file_mut();
    write_packed(file, SHAPE, &mut images, Some(&labels), Some(&names), &report)
        .map_err(of_file(&out))?;
    aside.persist(&out).map_err(|error| of_file(&out)(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn records_become_images_with_named_classes() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create(folder.path().join(ARCHIVE)).unwrap();
        let mut builder = tar::Builder::new(GzEncoder::new(file, flate2::Compression::fast()));
        let mut add = |name: &str, bytes: &[u8]| {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, format!("cifar/{name}"), bytes).unwrap();
        };
        add("batches.meta.txt", b"airplane\nautomobile\n\n");
        for batch in 1..=5u8 {
            let record = [&[batch % 2][..], &[batch; 3072]].concat();
            add(&format!("data_batch_{batch}.bin"), &record);
        }
        add("test_batch.bin", &[&[1][..], &[9; 3072]].concat());
        let mut file = builder.into_inner().unwrap().finish().unwrap();
        file.flush().unwrap();
        finish(folder.path()).unwrap();
        let set = crate::open(folder.path().join(DATA)).unwrap();
        assert_eq!((set.len(), set.shape()), (6, SHAPE));
        assert_eq!(set.class_names().unwrap(), ["airplane", "automobile"]);
        assert_eq!(set.labels().unwrap(), [1, 0, 1, 0, 1, 1]);
        assert_eq!(set.image(5).unwrap()[0], 9);
    }
}
