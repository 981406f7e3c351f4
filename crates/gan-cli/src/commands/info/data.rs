//! Data to train on.

use std::path::Path;

use gan_data::{ImageSet, Modes};

use super::description::Description;
use crate::failure::Failure;

pub(super) fn describe_data(path: &Path) -> Result<Description, Failure> {
    let data = gan_data::open(path).map_err(|error| {
        Failure::new(error.to_string())
            .hint("`gan info` knows runs and all that is in them, pictures, and data to train on")
    })?;
    Ok(describe_images(&data))
}

fn describe_images(data: &ImageSet) -> Description {
    let mut description = Description::new("data to train on");
    let [channels, height, width] = data.shape();
    match data.is_points() {
        true => description.row("points", data.len()),
        false => {
            description.row("images", data.len());
            description.row("shape", format!("{channels} × {height} × {width}"));
        }
    }
    match data.class_names() {
        Some(names) => description.classes(names),
        None => description.row("labels", "none"),
    }
    match data.modes() {
        Some(Modes::Gaussians { centres, .. }) => description.row("modes", centres.len()),
        Some(Modes::Scene(rule)) => description.row("rule", rule),
        Some(Modes::StackedDigits) => description.row("modes", gan_metrics::STACKED_MODES),
        None => {}
    }
    description.row("checksum", format!("{:08x}", data.checksum()));
    description
}
