//! Measuring, and looking at runs.

pub mod doctor;
pub mod extractor;
pub mod lab;
pub mod measuring;
pub mod reporting;
pub mod watching;
