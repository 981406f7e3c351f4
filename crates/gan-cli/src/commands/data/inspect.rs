//! `gan data inspect`: what is in a set of images, and what training would make of it.

use burn::tensor::Device;
use gan_data::{Inspection, Opened, Rule, picture};
use gan_run::write_file;
use gan_training::{Preset, TrainingConfig};
use serde_json::json;

use crate::failure::Failure;
use crate::flags::InspectArgs;
use crate::terminal::{self, quoted};
use crate::{run_config, source};

/// Images on a contact sheet, at most.
const SHEET: usize = 64;
/// A set that uses fewer of the 256 values deserves a word.
const NARROW: u8 = 64;

pub fn run(args: &InspectArgs) -> Result<(), Failure> {
    let Opened { set, report } =
        source::open_images(&args.path, args.rule.options(Rule::default()), &Preset::is_suited_to)?;
    if set.is_points() {
        return Ok(terminal::print(format!(
            "{}: {} of the plane",
            set.name(),
            terminal::count(set.len() as u64, "point")
        ))?);
    }
    let found = gan_data::inspect(&set)?;
    if let Some(out) = &args.sheet {
        let indices: Vec<u32> = (0..set.len().min(SHEET) as u32).collect();
        let sheet = picture::grid(set.batch(&indices, &Device::flex())?, 8);
        write_file(out, &picture::encode_png(&sheet, &[])?)?;
    }
    let [_, height, width] = set.shape();
    let training = Preset::suited_to([height, width]).config(set.shape());
    let training = training.sized_for(set.len(), None);
    if args.json {
        let TrainingConfig { preset, steps, batch_size, .. } = &training;
        let training = json!({
            "preset": preset,
            "steps": steps,
            "batch_size": batch_size,
            "augmentation": training.stabilisers.augmentation,
        });
        let value = json!({ "report": report, "inspection": found, "training": training });
        return Ok(terminal::print(format!("{value:#}"))?);
    }
    let mut lines = report.lines(set.shape());
    lines.extend(describe(&found));
    lines.push(format!("train on it: gan --data {}", quoted(&args.path)));
    lines.push(format!("which takes the {}", run_config::describe_suited(&training, &set)));
    Ok(terminal::print(lines.join("\n"))?)
}

/// The findings, a line each.
fn describe(found: &Inspection) -> Vec<String> {
    let [low, high] = found.value_range;
    let mut lines =
        vec![format!("values: {low} to {high}, mean {:.1}, std {:.1}", found.mean, found.std)];
    if high - low < NARROW {
        lines.push(format!(
            "warning: they use {:.0} % of the range; is the scale of the values right?",
            100.0 * f64::from(high - low) / 255.0
        ));
    }
    if let (Some((least, fewest)), Some((most, greatest))) = (
        found.classes.iter().min_by_key(|(_, count)| **count),
        found.classes.iter().max_by_key(|(_, count)| **count),
    ) {
        lines.push(format!(
            "classes: {}, from {} ({least}) to {greatest} ({most})",
            found.classes.len(),
            terminal::count(*fewest as u64, "image")
        ));
    }
    let copies: usize = found.duplicates.iter().map(|group| group.len() - 1).sum();
    if let Some(group) = found.duplicates.first() {
        lines
            .push(format!("duplicates: {copies} (images {} and {} are equal)", group[0], group[1]));
    }
    match found.near_duplicates.as_deref() {
        Some([[one, other], ..]) => lines.push(format!(
            "near duplicates: {} (images {one} and {other})",
            found.near_duplicates.as_ref().map_or(0, Vec::len)
        )),
        Some([]) => {}
        None => lines.push("near duplicates: not looked for among so many images".into()),
    }
    if let Some(first) = found.constant.first() {
        lines.push(format!("of one value: {} (image {first})", found.constant.len()));
    }
    lines
}
