//! What gan-interop promises.

mod cases;
mod files;
mod hostile;
mod import;
