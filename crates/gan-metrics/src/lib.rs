//! Numbers about sets of images: Frechet distance, KID, precision and recall, density and coverage, and more.
