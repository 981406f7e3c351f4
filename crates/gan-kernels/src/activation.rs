//! What a layer does to its sums.

/// A function of every number, applied behind a layer's matrix product.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0)
    Relu,
    /// x where it is positive, else the slope (above 0) times x
    LeakyRelu(f32),
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
}
