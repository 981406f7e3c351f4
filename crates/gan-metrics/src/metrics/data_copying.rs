//! The data-copying test (Meehan, Chaudhuri and Dasgupta 2020, "A Non-Parametric Test to Detect
//! Data-Copying in Generative Models").

use crate::confidence::{Estimate, Halves, Resampling, Variance};
use crate::error::MetricError;
use crate::features::Features;
use crate::neighbours::k_means::Cells;
use crate::neighbours::nearest;

/// A cell must hold so many samples to count: a z-score of a few says little.
const FEWEST_IN_CELL: usize = 20;

/// `C_T`: are `samples` nearer to the training images than fresh real images (`held_out`) are?
///
/// In each of the `cells`, the distances of samples and of held-out images to the nearest training
/// image in the cell are ranked together (Mann-Whitney); the z-scores are averaged by the cells'
/// shares of held-out images. Cells with 20 samples or fewer do not count. Far below 0: copying. Far
/// above 0: underfitting. Within a few of 0: as fresh data is.
///
/// A z-score grows with the root of the number of samples; half-samples are scaled accordingly.
///
/// # Errors
/// [`MetricError::EmptyCell`] where a cell holds no training or held-out image,
/// [`MetricError::TooFewSamples`] where no cell counts, [`MetricError::Dimensions`].
pub fn data_copying(
    training: &Features,
    held_out: &Features,
    samples: &Features,
    cells: &Cells,
    resampling: Resampling,
) -> Result<Estimate, MetricError> {
    let training_cells = members(&cells.assign(training)?, cells.len());
    let held_out = Distances::to_training(training, &training_cells, held_out, cells)?;
    let samples = Distances::to_training(training, &training_cells, samples, cells)?;
    let held_out_halves = Halves::draw(held_out.distances.len(), resampling, 1);
    let sample_halves = Halves::draw(samples.distances.len(), resampling, 2);
    let statistics = (0..sample_halves.sets).map(|set| {
        // In a half, a cell counts with half as many.
        let (fewest, scale) =
            if set == 0 { (FEWEST_IN_CELL, 1.0) } else { (FEWEST_IN_CELL / 2, 2f64.sqrt()) };
        let held_out = held_out.in_cells(&held_out_halves.indices(set), cells.len());
        let samples = samples.in_cells(&sample_halves.indices(set), cells.len());
        Ok(scale * averaged_z(&samples, &held_out, fewest)?)
    });
    Ok(Estimate::from_sets(
        &statistics.collect::<Result<Vec<f64>, MetricError>>()?,
        Variance::OneOverN,
    ))
}

/// The Mann-Whitney z-score of `samples` against `held_out`: below 0 where samples are smaller, with
/// the data-copying test's correction for continuity, ties counted half.
#[must_use]
pub fn mann_whitney_z(samples: &[f64], held_out: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = samples.iter().map(|&x| (x, true)).collect();
    all.extend(held_out.iter().map(|&x| (x, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut wins, mut held_out_below) = (0.0, 0.0);
    for ties in all.chunk_by(|a, b| a.0 == b.0) {
        let samples = ties.iter().filter(|tie| tie.1).count() as f64;
        let held_out = ties.len() as f64 - samples;
        wins += samples * (held_out_below + held_out / 2.0);
        held_out_below += held_out;
    }
    let (m, n) = (samples.len() as f64, held_out.len() as f64);
    (wins - (m * n / 2.0 - 0.5)) / (m * n * (m + n + 1.0) / 12.0).sqrt()
}

/// The cell of each sample, and its distance to the nearest training image there.
struct Distances {
    cells: Vec<usize>,
    distances: Vec<f64>,
}

impl Distances {
    fn to_training(
        training: &Features,
        training_cells: &[Vec<usize>],
        set: &Features,
        cells: &Cells,
    ) -> Result<Self, MetricError> {
        let assigned = cells.assign(set)?;
        let mut distances = vec![0.0; set.len()];
        for (cell, rows) in members(&assigned, cells.len()).iter().enumerate() {
            if training_cells[cell].is_empty() {
                return Err(MetricError::EmptyCell { cell, what: "training image" });
            }
            let training = training.select(&training_cells[cell]);
            for (&row, found) in rows.iter().zip(nearest(&set.select(rows), &training, 1)?) {
                distances[row] = found[0].squared_distance;
            }
        }
        Ok(Self { cells: assigned, distances })
    }

    fn in_cells(&self, rows: &[usize], cells: usize) -> Vec<Vec<f64>> {
        let mut distances = vec![Vec::new(); cells];
        rows.iter().for_each(|&row| distances[self.cells[row]].push(self.distances[row]));
        distances
    }
}

fn members(assigned: &[usize], cells: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); cells];
    assigned.iter().enumerate().for_each(|(row, &cell)| members[cell].push(row));
    members
}

fn averaged_z(
    samples: &[Vec<f64>],
    held_out: &[Vec<f64>],
    fewest: usize,
) -> Result<f64, MetricError> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (cell, (samples, held_out)) in samples.iter().zip(held_out).enumerate() {
        if held_out.is_empty() {
            return Err(MetricError::EmptyCell { cell, what: "held-out image" });
        }
        if samples.len() > fewest {
            sum += mann_whitney_z(samples, held_out) * held_out.len() as f64;
            weight += held_out.len() as f64;
        }
    }
    let fullest = samples.iter().map(Vec::len).max().unwrap_or(0);
    MetricError::unless_enough("the data-copying test", "the fullest cell", fullest, fewest + 1)?;
    Ok(sum / weight)
}
