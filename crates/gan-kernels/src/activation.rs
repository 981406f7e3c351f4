//! Activation functions.

/// A function of every value, fused with the matrix product before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0)
    Relu,
    /// x where it is positive, else the negative slope (above 0) times x
    LeakyRelu(f32),
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
}
