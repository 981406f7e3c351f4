//! The classes of pictures: from `dataset.json`, or from the folders that they lie in.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Deserialize;

use crate::DataError;
use crate::labels::Label;

/// The file that says what is in the pictures, as StyleGAN has it.
pub(crate) const DESCRIPTION: &str = "dataset.json";

/// A value of a label in [`DESCRIPTION`].
#[derive(Deserialize, PartialEq)]
#[serde(untagged)]
enum Value {
    Number(i64),
    Name(String),
}

#[derive(Deserialize)]
struct Description {
    labels: Option<Vec<(String, Value)>>,
}

/// The labels that a description gives, in the order of `names`; `None` where it says `null`.
///
/// # Errors
/// If it is no such description (with line and column), a picture has no label or two, or a label
/// has no picture.
pub(crate) fn described(
    place: &Path,
    text: &[u8],
    names: &[&str],
) -> Result<Option<Vec<Label>>, DataError> {
    let path = place.join(DESCRIPTION);
    let invalid = |problem: String| DataError::invalid(&path, problem);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let description: Description = serde_json::from_slice(text).map_err(|error| {
        invalid(format!(
            "not {{\"labels\": [[\"name.png\", 0], …]}} or {{\"labels\": null}}: {error}"
        ))
    })?;
    let Some(list) = description.labels else { return Ok(None) };
    let mut labels: HashMap<String, Value> = HashMap::with_capacity(list.len());
    for (name, value) in list {
        if labels.get(&name).is_some_and(|known| *known != value) {
            return Err(invalid(format!("two different labels for {name}")));
        }
        labels.insert(name, value);
    }
    let mut of_names = Vec::with_capacity(names.len());
    for &name in names {
        of_names.push(match labels.remove(name) {
            Some(Value::Number(number)) => Label::Number(number),
            Some(Value::Name(class)) => Label::Name(class),
            None => return Err(invalid(format!("no label for the picture {name}"))),
        });
    }
    match labels.into_keys().min() {
        Some(name) => Err(invalid(format!("a label for {name}, which is not there"))),
        None => Ok(Some(of_names)),
    }
}

/// The classes of pictures at `names`: the first folder of each, below the folders that all have in
/// common. `None` where that tells nothing apart; `notes` says why, where people may wonder.
pub(crate) fn of_folders(names: &[&str], notes: &mut Vec<String>) -> Option<Vec<Label>> {
    let mut common = 0;
    let class_of = |name: &str, depth: usize| {
        let parts: Vec<&str> = name.split('/').collect();
        (depth + 1 < parts.len()).then(|| parts[depth].to_owned())
    };
    loop {
        let folders: Vec<Option<String>> =
            names.iter().map(|name| class_of(name, common)).collect();
        let distinct: BTreeSet<&str> = folders.iter().flatten().map(String::as_str).collect();
        let stray = folders.iter().position(Option::is_none);
        match (stray, distinct.len()) {
            (_, 0) => return None,
            (Some(stray), _) => {
                notes.push(format!(
                    "no classes, because {} lies beside the folder {} and others",
                    names[stray],
                    distinct.first().expect("at least one")
                ));
                return None;
            }
            (None, 1) => common += 1,
            (None, _) => {
                let splits = ["train", "test", "val", "valid", "validation"];
                if distinct.iter().all(|folder| splits.contains(folder)) {
                    notes.push(format!(
                        "the folders {} became classes; if they are parts of one data set, name one \
                         of them",
                        distinct.into_iter().collect::<Vec<_>>().join(", ")
                    ));
                }
                return Some(folders.into_iter().flatten().map(Label::Name).collect());
            }
        }
    }
}
