//! ZIP files: of pictures, and of arrays (`.npz` is one). Nothing is unpacked to disk.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use crate::{DataError, ImageSet, npy, pictures};

/// The largest file in an archive that is read: no small picture or description is larger.
const LARGEST: u64 = 1 << 26;

pub(crate) type Archive = ZipArchive<BufReader<File>>;

/// Opens an archive of PNG pictures or of arrays.
pub(crate) fn open(path: &Path) -> Result<ImageSet, DataError> {
    let file = File::open(path).map_err(|error| DataError::read(path, error))?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|error| DataError::invalid(path, format!("not a whole ZIP file: {error}")))?;
    let mut names: Vec<String> = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(|error| DataError::invalid(path, format!("a name: {error}")))?;
        names.push(name.into_owned());
    }
    if names.iter().any(|name| name.ends_with(".npy")) {
        return npy::open_archive(path, archive, &names);
    }
    names.sort();
    let description = match names.iter().any(|name| name == pictures::DESCRIPTION) {
        true => Some(read(path, &mut archive, pictures::DESCRIPTION)?),
        false => None,
    };
    names.retain(|name| pictures::is_picture(name));
    if names.is_empty() {
        let problem = "no PNG pictures inside (other formats are not read), and no .npy arrays";
        return Err(DataError::invalid(path, problem));
    }
    pictures::assemble(path, &names, description.as_deref(), |name| read(path, &mut archive, name))
}

/// All of the file `name`, which may not exceed [`LARGEST`], whatever its header says.
fn read(path: &Path, archive: &mut Archive, name: &str) -> Result<Vec<u8>, DataError> {
    let invalid = |problem: String| DataError::invalid(&path.join(name), problem);
    let file =
        archive.by_name(name).map_err(|error| invalid(format!("cannot be unpacked: {error}")))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| invalid(format!("cannot be unpacked: {error}")))?;
    match bytes.len() as u64 {
        0..=LARGEST => Ok(bytes),
        _ => Err(invalid(format!("unpacks to more than {LARGEST} bytes"))),
    }
}
