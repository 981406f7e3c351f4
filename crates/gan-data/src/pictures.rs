//! Folders of PNG pictures, and what they share with archives of them.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::open::set_name;
use crate::{DataError, ImageSet, picture};

/// The file that says what is in the pictures, as StyleGAN has it.
pub(crate) const DESCRIPTION: &str = "dataset.json";

/// More than this many bytes of pixels are refused: a set is held in memory, and a small archive
/// can promise any number.
const MOST_BYTES: u64 = 1 << 33;

/// Opens all PNG pictures in `folder` and in the folders below it.
pub(crate) fn open_folder(folder: &Path) -> Result<ImageSet, DataError> {
    let mut names = Vec::new();
    list(folder, "", &mut names)?;
    if names.is_empty() {
        return Err(DataError::invalid(
            folder,
            "no PNG pictures here (other formats are not read), and no IDX images, such as \
             train-images-idx3-ubyte",
        ));
    }
    names.sort();
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|error| DataError::read(&path, error))
    };
    let description = match folder.join(DESCRIPTION).is_file() {
        true => Some(read(DESCRIPTION)?),
        false => None,
    };
    assemble(folder, &names, description.as_deref(), read)
}

/// A set of the pictures called `names` (paths below `place`, with `/`), at least one, which `read`
/// gives.
pub(crate) fn assemble(
    place: &Path,
    names: &[String],
    description: Option<&[u8]>,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, DataError>,
) -> Result<ImageSet, DataError> {
    let labels = match description {
        Some(text) => described_labels(&place.join(DESCRIPTION), text, names)?,
        None => folder_labels(names),
    };
    let mut first = None;
    let mut bytes = Vec::new();
    for name in names {
        let path = place.join(name);
        let file = read(name)?;
        let picture = picture::decode_png(&file)
            .map_err(|error| DataError::invalid(&path, error.to_string()))?;
        let shape = [picture.channels, picture.height, picture.width];
        let expected = *first.get_or_insert(shape);
        if shape != expected {
            return Err(DataError::invalid(
                &path,
                format!(
                    "a picture of {}, but {} is one of {}; all must be of one size and colour",
                    describe(shape),
                    names[0],
                    describe(expected)
                ),
            ));
        }
        if (bytes.len() + picture.bytes.len()) as u64 > MOST_BYTES {
            return Err(DataError::invalid(
                &path,
                format!("with it, the pictures exceed {MOST_BYTES} bytes, the most that is held"),
            ));
        }
        append_planes(&picture, &mut bytes);
    }
    ImageSet::new(set_name(place), first.expect("at least one picture"), bytes, labels)
}

/// Appends a picture's pixels, (red, green, blue), …, as planes: all of red, all of green, ….
fn append_planes(picture: &crate::grid::Picture, bytes: &mut Vec<u8>) {
    for channel in 0..picture.channels {
        bytes.extend(picture.bytes.iter().skip(channel).step_by(picture.channels));
    }
}

/// The labels that a `dataset.json` gives, in the order of `names`.
fn described_labels(
    path: &Path,
    text: &[u8],
    names: &[String],
) -> Result<Option<Vec<u8>>, DataError> {
    #[derive(serde::Deserialize)]
    struct Description {
        labels: Option<Vec<(String, u64)>>,
    }
    let description: Description = serde_json::from_slice(text).map_err(|error| {
        DataError::invalid(
            path,
            format!("not {{\"labels\": [[\"name.png\", 0], …]}} or {{\"labels\": null}}: {error}"),
        )
    })?;
    let Some(labels) = description.labels else { return Ok(None) };
    let labels: HashMap<String, u64> = labels.into_iter().collect();
    let label = |name: &String| match labels.get(name) {
        Some(&label) => u8::try_from(label).map_err(|_| {
            DataError::invalid(path, format!("the label of {name} is {label}; they end at 255"))
        }),
        None => Err(DataError::invalid(path, format!("no label for the picture {name}"))),
    };
    names.iter().map(label).collect::<Result<_, _>>().map(Some)
}

/// The place of each picture's folder among all names of folders, sorted, if they can be classes.
fn folder_labels(names: &[String]) -> Option<Vec<u8>> {
    let folder = |name: &String| Path::new(name).parent()?.file_name().map(PathBuf::from);
    let folders: Vec<PathBuf> = names.iter().map(folder).collect::<Option<_>>()?;
    let classes: Vec<&PathBuf> = folders.iter().collect::<BTreeSet<_>>().into_iter().collect();
    if !(2..=256).contains(&classes.len()) {
        return None;
    }
    let class = |folder| classes.binary_search(&folder).expect("among them") as u8;
    Some(folders.iter().map(class).collect())
}

/// Whether a path below a folder or in an archive is that of a picture, hidden ones left out.
pub(crate) fn is_picture(name: &str) -> bool {
    let hidden = |part: &str| part.starts_with('.') || part == "__MACOSX";
    let is_png = name.len() > 4 && name.to_ascii_lowercase().ends_with(".png");
    is_png && !name.split('/').any(hidden)
}

fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), DataError> {
    let entries = std::fs::read_dir(folder).map_err(|error| DataError::read(folder, error))?;
    for entry in entries {
        let path = entry.map_err(|error| DataError::read(folder, error))?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{prefix}{file_name}");
        // A link to a folder could lead in a circle.
        if path.is_dir() && !path.is_symlink() {
            list(&path, &format!("{name}/"), names)?;
        } else if is_picture(&name) {
            names.push(name);
        }
    }
    Ok(())
}

fn describe([channels, height, width]: [usize; 3]) -> String {
    let colour = if channels == 1 { "grey" } else { "RGB" };
    format!("{width} × {height} pixels in {colour}")
}
