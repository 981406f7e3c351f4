//! Packing: any source, decoded once, into one file that is read as it is needed.

use std::io::Write;
use std::path::Path;

use crate::formats::write_packed;
use crate::import::{Import, OpenOptions, Store, import};
use crate::report::Report;
use crate::{DataError, ImageSet, open};

/// Writes the images at `path`, after the rule in `options`, to the packed file `out`, and opens it.
/// Memory holds a few pictures at a time; the disk, while it is written, twice the images.
///
/// # Errors
/// As [`open_with`](crate::open_with), for points, and if `out` cannot be written. A file that was
/// there before is replaced only by a whole one.
pub fn pack(
    path: impl AsRef<Path>,
    options: &OpenOptions<'_>,
    out: impl AsRef<Path>,
) -> Result<(ImageSet, Report), DataError> {
    let (path, out) = (path.as_ref(), out.as_ref());
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let Import::Images { shape, store, labels, class_names, report, .. } =
        import(path, options, Some(folder))?
    else {
        return Err(DataError::invalid(path, "points are small; only images are packed"));
    };
    let Store::File(mut images) = store else { unreachable!("a sink in a file was asked for") };
    let unwritable =
        |error: std::io::Error| DataError::invalid(out, format!("cannot be written: {error}"));
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    write_packed(
        aside.as_file_mut(),
        shape,
        &mut images,
        labels.as_deref(),
        class_names.as_deref(),
        &report,
    )
    .map_err(unwritable)?;
    aside.as_file_mut().flush().map_err(unwritable)?;
    aside.persist(out).map_err(|error| unwritable(error.error))?;
    Ok((open(out)?, report))
}
