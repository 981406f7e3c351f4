//! A run on the whole terminal: curves, the grid, metrics, events. For `gan train --tui`, and for
//! `gan watch --tui` from the files of a run.

mod attached;
mod half_blocks;
mod observer;
mod screen;
mod shown;
mod view;

pub use attached::attach;
pub use observer::TerminalUi;
pub use screen::{check, restore};
