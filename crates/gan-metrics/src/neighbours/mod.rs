//! Nearest neighbours, and the balls around samples that reach as far as the k-th of them.

use crate::confidence::{Halves, Resampling};
use crate::error::MetricError;
use crate::features::Features;

pub(crate) mod distances;
pub(crate) mod k_means;

use distances::fold_distances;

/// A sample near another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Which sample of the set that was searched.
    pub index: usize,
    /// The squared Euclidean distance to it.
    pub squared_distance: f64,
}

/// For each row of `queries` its `count` nearest rows of `set`, nearest first; of equal distances
/// the lower index comes first. Fewer where the set is smaller.
///
/// # Errors
/// [`MetricError::Dimensions`].
pub fn nearest(
    queries: &Features,
    set: &Features,
    count: usize,
) -> Result<Vec<Vec<Neighbour>>, MetricError> {
    MetricError::unless_same_dim("the set to search", set.dim(), queries.dim())?;
    Ok(search(queries, set, count, |_| None))
}

/// `except` names the row of `set` that a row of `queries` must not find: itself.
fn search(
    queries: &Features,
    set: &Features,
    count: usize,
    except: impl Fn(usize) -> Option<usize> + Sync,
) -> Vec<Vec<Neighbour>> {
    let start = |_| Vec::with_capacity(count.min(set.len()) + 1);
    fold_distances(queries, set, start, |found: &mut Vec<Neighbour>, query, first, squared| {
        let except = except(query);
        for (index, &squared_distance) in (first..).zip(squared) {
            let farthest = if found.len() < count { None } else { found.last() };
            if farthest.is_some_and(|last| squared_distance >= last.squared_distance)
                || except == Some(index)
            {
                continue;
            }
            let at = found.partition_point(|other| other.squared_distance <= squared_distance);
            found.insert(at, Neighbour { index, squared_distance });
            found.truncate(count);
        }
    })
}

/// For each row of `set`, its nearest other row.
pub(crate) fn nearest_others(queries: &[usize], set: &Features) -> Vec<Vec<Neighbour>> {
    search(&set.select(queries), set, 1, |query| Some(queries[query]))
}

/// A set of samples and how near its samples are to each other: what precision, recall, density
/// and coverage look at. Made once for each set, since it costs `2 n^2 d` operations.
pub struct Neighbourhood {
    pub(crate) features: Features,
    pub(crate) halves: Halves,
    lists: Vec<Vec<Neighbour>>,
    largest_k: usize,
}

/// Whether a point at exactly the distance of the k-th neighbour is in the ball.
#[derive(Clone, Copy)]
pub(crate) enum Edge {
    Inside,
    Outside,
}

impl Neighbourhood {
    /// Of `features`, for metrics that look at up to `largest_k` neighbours. `stream` tells sets
    /// apart whose halves are drawn independently.
    ///
    /// # Errors
    /// [`MetricError::TooFewSamples`] where a half would have no `largest_k` neighbours,
    /// [`MetricError::Setting`] for a `largest_k` of 0.
    pub fn of(
        features: &Features,
        largest_k: usize,
        resampling: Resampling,
        stream: u64,
    ) -> Result<Self, MetricError> {
        if largest_k == 0 {
            let rule = "at least one neighbour is needed";
            return Err(MetricError::Setting { name: "k", value: 0.0, rule });
        }
        let needed = 2 * (largest_k + 1);
        MetricError::unless_enough("a metric of neighbours", "the set", features.len(), needed)?;
        let halves = Halves::draw(features.len(), resampling, 1 << 16 | stream);
        // The k nearest within a half are among the first few k of all: the chance that they are
        // not is below 1e-12.
        let depth = if halves.sets == 1 { largest_k } else { 32 + 8 * largest_k };
        let lists = search(features, features, depth, Some);
        Ok(Self { features: features.clone(), halves, lists, largest_k })
    }

    /// Refuses neighbourhoods of other dimensions, or with another number of halves.
    pub(crate) fn must_fit(&self, fakes: &Self) -> Result<(), MetricError> {
        MetricError::unless_same_dim("the fake set", fakes.features.dim(), self.features.dim())?;
        if self.halves.sets != fakes.halves.sets {
            let (name, value) = ("splits", (fakes.halves.sets / 2) as f64);
            let rule = "both neighbourhoods need the same number of splits";
            return Err(MetricError::Setting { name, value, rule });
        }
        Ok(())
    }

    /// The balls around the samples that reach to the `k`-th other sample, in each half by its own.
    pub(crate) fn balls(&self, k: usize, edge: Edge) -> Result<Balls, MetricError> {
        if k == 0 || k > self.largest_k {
            let rule = "the neighbourhood was made for another number of neighbours";
            return Err(MetricError::Setting { name: "k", value: k as f64, rule });
        }
        let Halves { members, sets } = &self.halves;
        let mut squared_radii = Vec::with_capacity(members.len() * sets);
        for (list, own) in self.lists.iter().zip(members) {
            for set in 0..*sets {
                let inside = |other: &&Neighbour| members[other.index] >> set & 1 == 1;
                let kth = list.iter().filter(inside).nth(k - 1).or(list.last());
                squared_radii.push(match (kth, edge) {
                    (Some(kth), Edge::Outside) if own >> set & 1 == 1 => kth.squared_distance,
                    (Some(kth), Edge::Inside) if own >> set & 1 == 1 => {
                        kth.squared_distance.next_up()
                    }
                    // No distance is below 0: nothing is in the ball of who is not there.
                    _ => 0.0,
                });
            }
        }
        let largest =
            squared_radii.chunks(*sets).map(|radii| radii.iter().copied().fold(0.0, f64::max));
        Ok(Balls { largest: largest.collect(), squared_radii, sets: *sets })
    }
}

/// The balls around each sample, one for each half. They are open; [`Edge::Inside`] makes them
/// larger by the smallest amount.
pub(crate) struct Balls {
    largest: Vec<f64>,
    squared_radii: Vec<f64>,
    pub(crate) sets: usize,
}

impl Balls {
    /// Whether any ball of `sample` holds a point at that distance. Few do, so this comes first.
    pub(crate) fn any(&self, sample: usize, squared_distance: f64) -> bool {
        squared_distance < self.largest[sample]
    }

    /// The halves in which the ball of `sample` holds a point at that distance, as bits.
    pub(crate) fn holding(&self, sample: usize, squared_distance: f64) -> u64 {
        let radii = &self.squared_radii[sample * self.sets..(sample + 1) * self.sets];
        let bit = |(set, &radius): (usize, &f64)| u64::from(squared_distance < radius) << set;
        radii.iter().enumerate().map(bit).fold(0, |bits, bit| bits | bit)
    }
}
