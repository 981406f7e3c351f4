//! Made sets, and the stored numbers of `fixtures/metrics_reference.py`.

use std::path::PathBuf;

use gan_metrics::{Features, Resampling, read_features};

pub fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn stored(name: &str) -> Features {
    read_features(&fixture(name)).unwrap()
}

/// A number that an independent implementation gave.
pub fn expected(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(fixture("metrics_reference.json")).unwrap();
    let numbers: serde_json::Value = serde_json::from_str(&text).unwrap();
    numbers[name].clone()
}

#[track_caller]
pub fn assert_close(value: f64, expected: f64, relative: f64) {
    assert!((value - expected).abs() <= relative * expected.abs(), "{value} is not {expected}");
}

/// Without intervals.
pub fn plain() -> Resampling {
    Resampling::none(7)
}

/// Normal numbers from a seed (Box and Muller), for sets that need no particular values.
pub struct Normal(u64);

impl Normal {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn next(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    pub fn features(&mut self, count: usize, dim: usize) -> Features {
        Features::new(count, dim, (0..count * dim).map(|_| self.next() as f32).collect()).unwrap()
    }
}

/// Ten clusters ("classes") of `each` samples in `dim` dimensions, one class after the other.
pub fn clusters(classes: std::ops::Range<usize>, each: usize, dim: usize, seed: u64) -> Features {
    let mut normal = Normal::new(seed);
    let mut values = Vec::new();
    for class in classes.clone() {
        for _ in 0..each {
            values.extend((0..dim).map(|at| {
                let centre = if at == class % dim { 6.0 + class as f64 } else { 0.0 };
                (centre + normal.next()) as f32
            }));
        }
    }
    Features::new(classes.len() * each, dim, values).unwrap()
}

pub fn shifted(features: &Features, by: f32) -> Features {
    let values = features.values().iter().map(|value| value + by).collect();
    Features::new(features.len(), features.dim(), values).unwrap()
}
