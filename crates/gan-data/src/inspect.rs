//! What a set looks like as data: sizes, values, classes, duplicates.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::{DataError, ImageSet};

/// Images whose hashes differ in at most so many of 64 bits are near duplicates.
const NEAR_BITS: u32 = 2;
/// And whose values differ by at most so much, of 255, on average.
const NEAR_VALUE: u64 = 4;
/// Pairs are not compared beyond so many images.
const MAX_COMPARED: usize = 20_000;
/// Sides of the brightness grid that a hash is made of.
const HASH_SIDE: usize = 8;

/// What [`inspect`] finds out about a set of images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Number of images.
    pub images: usize,
    /// Shape of each: `[channels, height, width]`.
    pub shape: [usize; 3],
    /// Least and greatest value, 0 to 255.
    pub value_range: [u8; 2],
    /// Mean value, 0 to 255.
    pub mean: f64,
    /// Standard deviation of the values.
    pub std: f64,
    /// Images of each class, by its name.
    pub classes: BTreeMap<String, usize>,
    /// Groups of images that are equal to the byte: their indices.
    pub duplicates: Vec<Vec<usize>>,
    /// Pairs of images that look alike and are not equal; `None` where there are too many to compare.
    pub near_duplicates: Option<Vec<[usize; 2]>>,
    /// Images of one value.
    pub constant: Vec<usize>,
}

/// Looks at every image of `set`.
///
/// # Errors
/// If `set` holds points, or its file cannot be read.
pub fn inspect(set: &ImageSet) -> Result<Inspection, DataError> {
    let [channels, height, width] = set.shape();
    let mut histogram = [0u64; 256];
    let mut by_hash: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut looks = Vec::new();
    let mut constant = Vec::new();
    for index in 0..set.len() {
        let image = set.image(index)?;
        image.iter().for_each(|&byte| histogram[usize::from(byte)] += 1);
        if image.iter().all(|byte| *byte == image[0]) {
            constant.push(index);
        }
        let mut crc = flate2::Crc::new();
        crc.update(&image);
        by_hash.entry(crc.sum()).or_default().push(index);
        looks.push(difference_hash(&image, [channels, height, width]));
    }
    let mut duplicates = Vec::new();
    for group in by_hash.into_values().filter(|group| group.len() > 1) {
        duplicates.extend(equal_groups(set, &group)?);
    }
    duplicates.sort();
    let values = channels * height * width * set.len();
    let moment = |power: i32| {
        let sum: f64 = histogram
            .iter()
            .zip(0..=u8::MAX)
            .map(|(&n, byte)| f64::from(byte).powi(power) * n as f64)
            .sum();
        sum / values as f64
    };
    let low = (0..=255).find(|&byte| histogram[usize::from(byte)] > 0).unwrap_or(0);
    let high = (0..=255).rfind(|&byte| histogram[usize::from(byte)] > 0).unwrap_or(0);
    let mut classes = BTreeMap::new();
    if let (Some(labels), Some(names)) = (set.labels(), set.class_names()) {
        for &label in labels {
            *classes.entry(names[label as usize].clone()).or_default() += 1;
        }
    }
    let copies: std::collections::HashSet<usize> =
        duplicates.iter().flat_map(|group: &Vec<usize>| group[1..].iter().copied()).collect();
    let distinct: Vec<usize> = (0..set.len()).filter(|index| !copies.contains(index)).collect();
    let near_duplicates = match distinct.len() <= MAX_COMPARED {
        true => Some(near_pairs(set, &looks, &distinct)?),
        false => None,
    };
    Ok(Inspection {
        images: set.len(),
        shape: set.shape(),
        value_range: [low, high],
        mean: moment(1),
        std: (moment(2) - moment(1).powi(2)).max(0.0).sqrt(),
        classes,
        duplicates,
        near_duplicates,
        constant,
    })
}

/// The groups of equal images among those whose checksums are equal.
fn equal_groups(set: &ImageSet, group: &[usize]) -> Result<Vec<Vec<usize>>, DataError> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &index in group {
        let image = set.image(index)?;
        let mut place = None;
        for (at, group) in groups.iter().enumerate() {
            if set.image(group[0])? == image {
                place = Some(at);
                break;
            }
        }
        match place {
            Some(at) => groups[at].push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    Ok(groups)
}

/// Whether each cell of a grid over the image is brighter than its right neighbour: alike for
/// pictures that look alike (N. Krawetz, "Kind of Like That", 2013).
fn difference_hash(image: &[u8], [channels, height, width]: [usize; 3]) -> u64 {
    let plane = height * width;
    let cell = |row: usize, column: usize| -> u32 {
        let rows = row * height / HASH_SIDE..((row + 1) * height).div_ceil(HASH_SIDE);
        let columns =
            column * width / (HASH_SIDE + 1)..((column + 1) * width).div_ceil(HASH_SIDE + 1);
        let count = (rows.len() * columns.len() * channels) as u32;
        let mut sum = 0;
        for channel in 0..channels {
            for y in rows.clone() {
                let start = channel * plane + y * width;
                sum += image[start + columns.start..start + columns.end]
                    .iter()
                    .map(|&byte| u32::from(byte))
                    .sum::<u32>();
            }
        }
        256 * sum / count
    };
    let mut hash = 0;
    for row in 0..HASH_SIDE {
        for column in 0..HASH_SIDE {
            hash = hash << 1 | u64::from(cell(row, column) > cell(row, column + 1));
        }
    }
    hash
}

/// Pairs of different images whose hashes are alike, and whose pixels are.
fn near_pairs(
    set: &ImageSet,
    looks: &[u64],
    distinct: &[usize],
) -> Result<Vec<[usize; 2]>, DataError> {
    let mut pairs = Vec::new();
    for (at, &a) in distinct.iter().enumerate() {
        let near = |&&b: &&usize| (looks[a] ^ looks[b]).count_ones() <= NEAR_BITS;
        for &b in distinct[at + 1..].iter().filter(near) {
            let (one, other) = (set.image(a)?, set.image(b)?);
            let apart: u64 =
                one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            if apart <= NEAR_VALUE * one.len() as u64 {
                pairs.push([a, b]);
            }
        }
    }
    Ok(pairs)
}
