//! What gan-training promises.

mod batches;
mod config;
mod devices;
mod fixture;
mod networks;
mod run;
mod small;
mod step;
