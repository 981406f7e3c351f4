//! Who watches a run: each is told every event, and none knows another.

mod best;
mod budget;
mod evaluation;
mod folder;
pub mod guard;
pub mod lines;
mod pace;
mod tensorboard;
mod terminal;

pub use best::BestSnapshot;
pub use budget::Budget;
pub use evaluation::{Evaluation, PartOfEvaluation};
pub use folder::RunFolder;
pub use tensorboard::TensorBoard;
pub use terminal::Terminal;
// What the whole terminal shows, too, which is not there on Windows.
#[cfg(unix)]
pub use {pace::Pace, terminal::short};
