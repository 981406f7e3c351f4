//! Names fit for folders.

/// Every file system takes names of 255 bytes; the number, the preset and a suffix need some.
const MAX_BYTES: usize = 100;

/// `name` as a part of a folder's name: lower case, letters and digits of any script, anything else
/// a dash; at most 100 bytes, and never empty.
///
/// ```
/// assert_eq!(gan_run::slug("My Pictures (2)"), "my-pictures-2");
/// assert_eq!(gan_run::slug("猫の写真"), "猫の写真");
/// assert_eq!(gan_run::slug("…"), "data");
/// ```
pub fn slug(name: &str) -> String {
    let words = name.to_lowercase();
    let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(slug.floor_char_boundary(MAX_BYTES));
    match slug.trim_end_matches('-') {
        "" => "data".to_owned(),
        slug => slug.to_owned(),
    }
}
