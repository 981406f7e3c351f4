//! Where a picture comes from: the text that a PNG of `gan sample` carries, from which
//! `gan reproduce` draws it again.

use gan_model::Snapshot;

use crate::VERSION;
use crate::flags::{GridShape, SampleArgs};

/// What decides the pixels besides the snapshot: the keywords under which a picture carries it, and
/// the flags that ask for it.
pub const KEYWORDS: [(&str, &str); 6] = [
    (SEEDS, "--seeds"),
    (CLASSES, "--class"),
    (TRUNCATION, "--truncation"),
    (GRID, "--grid"),
    (SCALE, "--scale"),
    (BACKEND, "--backend"),
];
/// The keyword of the snapshot's SHA-256.
pub const SNAPSHOT: &str = "gan-snapshot";
pub const SEEDS: &str = "gan-seeds";
/// The keywords of a file of latents, of its SHA-256, and of which of them.
pub const LATENTS: &str = "gan-latents";
pub const LATENTS_SHA256: &str = "gan-latents-sha256";
pub const ROWS: &str = "gan-rows";
pub const BACKEND: &str = "gan-backend";
const CLASSES: &str = "gan-classes";
const TRUNCATION: &str = "gan-truncation";
const GRID: &str = "gan-grid";
const SCALE: &str = "gan-scale";

/// The text of a picture of `seeds` and, where they were asked for, `classes` and `grid`, each as it is
/// written on the command line.
pub fn text(
    snapshot: &Snapshot,
    args: &SampleArgs,
    seeds: String,
    classes: Option<String>,
    grid: Option<GridShape>,
    scale: usize,
) -> Vec<(&'static str, String)> {
    let grid = grid.map(|GridShape { columns, rows }| (GRID, format!("{columns}x{rows}")));
    let mut text = vec![("Software", format!("gan {VERSION}"))];
    text.extend(snapshot.provenance());
    text.push((SEEDS, seeds));
    text.extend(classes.map(|classes| (CLASSES, classes)));
    text.extend(grid);
    text.extend([
        (TRUNCATION, args.truncation.to_string()),
        (SCALE, scale.to_string()),
        (BACKEND, args.drawing.backend.name().to_owned()),
    ]);
    text
}
