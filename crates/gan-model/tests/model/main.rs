//! What gan-model promises.

mod chance;
mod config;
mod devices;
mod latents;
mod networks;
mod snapshot;
