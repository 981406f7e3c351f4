//! Files of latents.

use std::path::Path;

use gan_data::{numpy, picture};
use gan_weights::sha256;

use super::description::Description;
use crate::sampling::origin;

/// What an array is that may hold latents: one of `[latents, dim]`; nothing of another.
pub(super) fn describe_latents(path: &Path, bytes: &[u8]) -> Option<Description> {
    let (shape, values) = numpy::read_npy(bytes).ok()?;
    let (count, dim) = match shape[..] {
        // Of two sides each are points, of which data to train on is made.
        [_, 2] => return None,
        [count, dim] => (count, dim),
        [dim] => (1, dim),
        _ => return None,
    };
    let mut description = Description::new("latents, for `gan sample --latents`");
    description.row("latents", count);
    description.row("dimensions", dim);
    let largest = values.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
    description.row("largest", largest);
    let hash = sha256(bytes);
    description.row("sha256", &hash);
    // An array has no room for words; the picture that is kept beside it has.
    let beside = path.with_extension("png");
    let text = std::fs::read(&beside).ok().and_then(|bytes| picture::png_text(&bytes).ok());
    let text = text.unwrap_or_default();
    match text.contains(&(origin::LATENTS_SHA256.to_owned(), hash)) {
        true => {
            description.row("says of them", beside.display());
            let others = text.into_iter().filter(|(name, _)| name != origin::LATENTS_SHA256);
            description.origin(others.collect());
        }
        false => description.origin(Vec::new()),
    }
    Some(description)
}
