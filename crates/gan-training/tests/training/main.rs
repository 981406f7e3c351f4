//! What gan-training promises.

mod adam;
mod augment;
mod batches;
mod checkpoint;
mod config;
mod devices;
mod dirac;
mod distributed;
mod fixed;
mod fixture;
mod guard;
mod labels;
mod loop_around;
mod losses;
mod networks;
mod non_finite;
mod own_networks;
mod penalties;
mod reference;
mod same_bits;
mod small;
mod stabilisers;
mod trajectory;
mod whole_run;
