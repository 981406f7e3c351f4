//! `metrics.jsonl`: what `gan evaluate` measured of a run's snapshots.

use gan_metrics::Measurement;
use serde::{Deserialize, Serialize};

/// A measurement of a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricLine {
    /// Metric, extractor, value, interval, baseline.
    #[serde(flatten)]
    pub measurement: Measurement,
    /// File name of the snapshot.
    pub snapshot: String,
    /// SHA-256 of the snapshot, in hexadecimal.
    pub snapshot_sha256: String,
    /// Step of the snapshot.
    pub step: u64,
    /// The real images it was measured against.
    pub data: String,
    /// Their CRC-32, in hexadecimal.
    pub data_checksum: String,
    /// Version of the program that measured.
    pub version: String,
}
