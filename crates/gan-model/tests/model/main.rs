//! What gan-model promises.

mod chain;
mod config;
mod convolutional;
mod devices;
mod gradients;
mod init_weights;
mod latents;
mod layers;
mod networks;
mod reference;
mod sampler;
mod snapshot;
