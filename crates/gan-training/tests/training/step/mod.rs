//! One step: losses, penalties, stabilisers, the optimizer.

pub mod adam;
pub mod augment;
pub mod dirac;
pub mod fixed;
pub mod labels;
pub mod losses;
pub mod penalties;
pub mod reference;
pub mod stabilisers;
