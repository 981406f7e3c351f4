//! Which size pictures are brought to, where nobody says.

use std::collections::BTreeMap;

/// Whether the networks at hand take images of `[height, width]`.
pub(crate) type Accepts<'a> = &'a (dyn Fn([usize; 2]) -> bool + Sync);

/// Larger images are trained on only where somebody asks for it.
const MAX_DEFAULT_SIDE: usize = 64;

/// The size of all pictures where they agree and networks take it; otherwise the accepted square
/// next to the median of their shorter sides, at most 64 × 64. With a note that says why, where it is
/// not the pictures' own.
pub(crate) fn choose(
    sizes: &[[usize; 2]],
    accepts: Option<Accepts<'_>>,
) -> ([usize; 2], Option<String>) {
    let accepts = |size| accepts.is_none_or(|accepts| accepts(size));
    let mut distinct: BTreeMap<[usize; 2], usize> = BTreeMap::new();
    for size in sizes {
        *distinct.entry(*size).or_default() += 1;
    }
    let own = *distinct.keys().next().expect("at least one picture");
    let is_one = distinct.len() == 1;
    if is_one && own[0].max(own[1]) <= MAX_DEFAULT_SIDE && accepts(own) {
        return (own, None);
    }
    let mut sides: Vec<usize> = sizes.iter().map(|size| size[0].min(size[1])).collect();
    sides.sort_unstable();
    let median = sides[sides.len() / 2].min(MAX_DEFAULT_SIDE);
    let side = (1..=MAX_DEFAULT_SIDE)
        .filter(|&side| accepts([side, side]))
        // The larger of two that are equally near.
        .min_by_key(|side| (side.abs_diff(median), MAX_DEFAULT_SIDE - side))
        .unwrap_or(median);
    let why = match is_one {
        true if own[0].max(own[1]) > MAX_DEFAULT_SIDE => {
            format!("pictures are {} × {}", own[1], own[0])
        }
        true => format!("no network here takes {} × {}", own[1], own[0]),
        false => {
            let (least, most) = (sides[0], sides[sides.len() - 1]);
            format!("{} sizes, shorter sides of {least} to {most} pixels", distinct.len())
        }
    };
    ([side, side], Some(format!("{side} × {side}, because {why}; --resolution chooses another")))
}
