//! The metrics, a file each: functions of sets of samples that know nothing of each other.

pub(crate) mod authenticity;
pub(crate) mod categories;
pub(crate) mod classes;
pub(crate) mod data_copying;
pub(crate) mod density_coverage;
pub(crate) mod diversity;
pub(crate) mod fd_infinity;
pub(crate) mod frechet;
pub(crate) mod kid;
pub(crate) mod modes;
pub(crate) mod precision_recall;
