//! What gan-model promises.

mod chance;
mod config;
mod devices;
mod latents;
mod layers;
mod networks;
mod reference;
mod snapshot;
