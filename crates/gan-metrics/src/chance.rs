//! Which samples a metric picks: a function of (seed, stream) alone.
//!
//! SplitMix64 (Steele, Lea and Flood 2014) passes the statistical tests that matter for drawing
//! subsets, and is short enough to be written again by whoever wants to check a number.

/// Random numbers from (seed, stream); streams of one seed are unrelated.
pub(crate) struct SplitMix(u64);

impl SplitMix {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut key = Self(seed);
        Self(key.next() ^ Self(stream).next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0. The bias is below `limit / 2^64`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// `count` different numbers below `limit`, in random order (the first steps of a Fisher-Yates
/// shuffle).
pub(crate) fn choose(limit: usize, count: usize, seed: u64, stream: u64) -> Vec<usize> {
    let mut chance = SplitMix::new(seed, stream);
    let mut numbers: Vec<usize> = (0..limit).collect();
    for at in 0..count.min(limit) {
        let other = at + chance.below(limit - at);
        numbers.swap(at, other);
    }
    numbers.truncate(count);
    numbers
}
