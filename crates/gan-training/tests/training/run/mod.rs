//! A whole run: its loop, guard, checkpoints and ranks.

pub mod alone;
pub mod checkpoint;
pub mod distributed;
pub mod guard;
pub mod loop_around;
pub mod non_finite;
pub mod own_networks;
pub mod same_bits;
pub mod trajectory;
pub mod whole_run;
