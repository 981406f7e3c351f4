//! Fused operations for training small networks on the CPU, each with its twin in ordinary tensor operations.
