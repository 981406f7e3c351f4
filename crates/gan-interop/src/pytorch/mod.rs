//! PyTorch: a state dict that `torch.load(weights_only=True)` reads, and the module it fits.

mod archive;
mod module;
mod pickle;

pub(crate) use archive::read_extra;
