//! Images of arrays into a set: as they are where nothing speaks against it, else after the rule.

use std::path::Path;

use super::convert::convert;
use super::options::{OpenOptions, READING};
use super::resolution;
use super::sink::Sink;
use crate::DataError;
use crate::formats::Images;
use crate::picture::Picture;
use crate::report::Report;
use crate::rule::{Alpha, Rule};

/// `images` in a sink.
pub(crate) fn convert_all(
    place: &Path,
    images: &Images,
    options: &OpenOptions<'_>,
    folder: Option<&Path>,
    report: &mut Report,
) -> Result<Sink, DataError> {
    let failed = |problem: String| DataError::invalid(place, problem);
    let [channels, height, width] = images.shape;
    let size = match options.rule.resolution {
        Some(size) => size,
        None => {
            let (size, note) = resolution::choose(&[[height, width]], options.accepts);
            report.notes.extend(note);
            size
        }
    };
    let rule = Rule { resolution: Some(size), ..options.rule };
    let mut sink = Sink::new(size, folder).map_err(failed)?;
    let plane = height * width;
    for (at, image) in images.bytes.chunks_exact(channels * plane).enumerate() {
        if let Some(progress) = options.progress {
            progress(READING, at + 1, images.len());
        }
        let mut bytes = Vec::with_capacity(image.len());
        for pixel in 0..plane {
            bytes.extend((0..channels).map(|channel| image[channel * plane + pixel]));
        }
        let converted = convert(Picture { width, height, channels, bytes }, &rule);
        for (happened, what) in
            [(converted.had_alpha, "with transparency"), (converted.resized, "resized")]
        {
            if happened {
                report.convert(what, &format!("image {at}"));
            }
        }
        sink.push(&converted.picture, folder).map_err(failed)?;
    }
    report.rule = rule;
    report.images = sink.len();
    Ok(sink)
}

/// Whether the rule leaves images of this kind as they are.
pub(crate) fn are_kept(images: &Images, options: &OpenOptions<'_>) -> bool {
    let [channels, height, width] = images.shape;
    let size = [height, width];
    let is_size_kept = match options.rule.resolution {
        Some(wanted) => wanted == size,
        None => resolution::choose(&[size], options.accepts).0 == size,
    };
    let plane = height * width;
    let has_colour = |image: &[u8]| {
        image[..plane] != image[plane..2 * plane] || image[..plane] != image[2 * plane..]
    };
    let are_channels_kept = match (channels, options.rule.alpha) {
        (1, Alpha::Over(_)) => true,
        (3, Alpha::Over(_)) => images.bytes.chunks_exact(3 * plane).any(has_colour),
        _ => false,
    };
    is_size_kept && are_channels_kept
}
