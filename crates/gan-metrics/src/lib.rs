//! Numbers about sets of images: Frechet distance, KID, precision and recall, density and coverage, and more.

mod extractor;
mod extractor_error;
mod extractor_weights;
mod inception;
mod mnistcnn;
mod pixels;
mod train_extractor;

pub use extractor::{Extractor, Outputs};
pub use extractor_error::ExtractorError;
pub use inception::Inception;
pub use mnistcnn::{Description, MnistCnn};
pub use pixels::Pixels;
pub use train_extractor::{ExtractorTraining, LabelledImages, TrainingProgress, train_extractor};
