//! Images from files of arrays: IDX files with their labels beside them, and any number of others.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::look::Found;
use crate::DataError;
use crate::files::{Files, Zip};
use crate::formats::{self, Arrays, Images, Kind, Recognised, beginning, idx, recognise};
use crate::labels::Label;

/// The images of IDX files, training images first, each with its labels where all have some.
pub(super) fn read_idx(files: &dyn Files, found: &Found) -> Result<Arrays, DataError> {
    let names = files.names();
    let mut chosen: Vec<&(usize, Recognised)> =
        found.arrays.iter().filter(|(index, _)| idx::is_named_images(&names[*index])).collect();
    chosen.sort_by_key(|(index, _)| idx::order(&names[*index]));
    chosen.dedup_by_key(|(index, _)| idx::stem(&names[*index]));
    let mut sets: Vec<String> =
        chosen.iter().map(|(index, _)| idx::data_set(&names[*index])).collect();
    sets.sort();
    sets.dedup();
    if let [_, _, ..] = sets.as_slice() {
        return Err(DataError::invalid(
            files.place(),
            format!(
                "several data sets in one place: {}; name one file, such as {}, or move one set into \
                 a folder of its own",
                sets.join(", "),
                files.place().join(&names[chosen[0].0]).display()
            ),
        ));
    }
    let mut images = Images::default();
    let mut all_labels = Some(Vec::new());
    for (index, recognised) in chosen {
        let name = &names[*index];
        let part = match read_entry(files, *index, recognised)? {
            Arrays::Images(part) => part,
            _ => {
                let problem = "one dimension; images have 3 dimensions (count, height, width)";
                return Err(DataError::invalid(&files.place().join(name), problem));
            }
        };
        let count = part.len();
        append(&mut images, part, &files.place().join(name))?;
        let beside = found.arrays.iter().find(|(index, _)| idx::is_labels_of(&names[*index], name));
        let labels = match beside {
            Some((index, recognised)) => {
                let path = files.place().join(&names[*index]);
                Some(checked_labels(&path, read_entry(files, *index, recognised)?, count)?)
            }
            None => None,
        };
        match (&mut all_labels, labels) {
            (Some(all), Some(labels)) => all.extend(labels),
            _ => all_labels = None,
        }
    }
    images.labels = all_labels;
    Ok(Arrays::Images(images))
}

/// The images of all files of arrays, joined; a class for each file where they have no labels.
pub(super) fn read_arrays(
    files: &dyn Files,
    found: &Found,
) -> Result<(&'static str, Arrays), DataError> {
    let names = files.names();
    if let [(index, recognised)] = found.arrays.as_slice() {
        return Ok((recognised.format.name, read_entry(files, *index, recognised)?));
    }
    let mut images = Images::default();
    let mut labels = Vec::new();
    for (index, recognised) in &found.arrays {
        let path = files.place().join(&names[*index]);
        let Arrays::Images(part) = read_entry(files, *index, recognised)? else {
            return Err(DataError::invalid(&path, "holds no images; name one file"));
        };
        let file = names[*index].rsplit('/').next().unwrap_or_default();
        let class = file.trim_end_matches(".gz").rsplit_once('.').map_or(file, |(stem, _)| stem);
        match &part.labels {
            Some(own) => labels.extend(own.clone()),
            None => labels.extend(vec![Label::Name(class.to_owned()); part.len()]),
        }
        append(&mut images, part, &path)?;
    }
    images.labels = Some(labels);
    Ok((found.arrays[0].1.format.name, Arrays::Images(images)))
}

pub(super) fn append(images: &mut Images, part: Images, path: &Path) -> Result<(), DataError> {
    if images.len() > 0 && images.shape != part.shape {
        let problem =
            format!("images of {:?}, but the files before it hold {:?}", part.shape, images.shape);
        return Err(DataError::invalid(path, problem));
    }
    let Images { shape, bytes, notes, .. } = part;
    images.shape = shape;
    images.notes.extend(notes);
    match images.bytes.is_empty() {
        true => images.bytes = bytes,
        false => images.bytes.extend(bytes),
    }
    Ok(())
}

pub(super) fn checked_labels(
    path: &Path,
    arrays: Arrays,
    count: usize,
) -> Result<Vec<Label>, DataError> {
    match arrays {
        Arrays::Labels(labels) if labels.len() == count => Ok(labels),
        Arrays::Labels(labels) => Err(DataError::invalid(
            path,
            format!("labels of {} images, but the images beside it are {count}", labels.len()),
        )),
        _ => Err(DataError::invalid(path, "more than one dimension; labels have one")),
    }
}

pub(super) fn read_entry(
    files: &dyn Files,
    index: usize,
    recognised: &Recognised,
) -> Result<Arrays, DataError> {
    let place = files.place().join(&files.names()[index]);
    if let Some(path) = files.path(index) {
        return read_file(&path, recognised);
    }
    let bytes = files.read(index).map_err(|problem| DataError::invalid(&place, problem))?;
    match recognised.format.kind {
        Kind::Zip => Err(DataError::invalid(&place, "an archive in an archive; unpack it first")),
        _ => formats::read_array(&place, recognised, &mut bytes.as_slice()),
    }
}

pub(super) fn read_file(path: &Path, recognised: &Recognised) -> Result<Arrays, DataError> {
    match recognised.format.kind {
        Kind::Zip => formats::open_archive(path, Zip::open(path)?.into_archive()),
        _ => {
            let file = File::open(path).map_err(|error| DataError::read(path, error))?;
            formats::read_array(path, recognised, &mut BufReader::new(file))
        }
    }
}

/// The labels of one IDX file lie beside it, in a file of nearly the same name.
pub(super) fn add_labels_beside(path: &Path, images: &mut Images) -> Result<(), DataError> {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return Ok(());
    };
    if images.labels.is_some() || !idx::is_named_images(&name) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).map_err(|error| DataError::read(folder, error))?;
    let mut beside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    beside.retain(|path| {
        let candidate = path.file_name().unwrap_or_default().to_string_lossy();
        idx::is_labels_of(&candidate, &name)
    });
    beside.sort();
    let Some(path) = beside.first() else { return Ok(()) };
    let Some(recognised) = recognise(&beginning(path)?) else {
        return Err(DataError::invalid(path, "should hold the labels of the images beside it"));
    };
    images.labels = Some(checked_labels(path, read_file(path, &recognised)?, images.len())?);
    Ok(())
}
