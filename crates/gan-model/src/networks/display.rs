//! Widths of layers and sizes of images, as people read them.

/// `100 → 128 → 784`.
pub(super) fn arrows(widths: &[usize]) -> String {
    let widths: Vec<String> = widths.iter().map(usize::to_string).collect();
    widths.join(" → ")
}

/// `3 × 64 × 64`.
pub(super) fn size([channels, height, width]: [usize; 3]) -> String {
    format!("{channels} × {height} × {width}")
}
