//! The parts of a page, as templates take them.

pub mod configuration;
pub mod facts;
pub mod glossary;
pub mod happenings;
pub mod metrics;
