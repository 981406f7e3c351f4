//! Games small enough for theory: the Dirac-GAN of Mescheder et al. 2018, "Which Training Methods for
//! GANs do actually Converge?", and a ring that can turn and grow.

/// Step size, steps and start of the paper's figures.
pub(super) const RATE: f64 = 0.2;
pub(super) const STEPS: usize = 500;
/// The equilibrium is 0; this near to it is there.
pub(super) const NEAR: f64 = 1e-2;
/// Standard deviation of the instance noise.
const NOISE: f64 = 1.0;
const GAMMA: f64 = 1.0;
/// Modes of the ring.
pub(super) const MODES: u32 = 8;

/// A way to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Minimax,
    Wasserstein,
    WassersteinGp,
    InstanceNoise,
    R1,
    R2,
}

/// Those that are shown of the Dirac-GAN, and of the ring.
pub(super) const METHODS: [Method; 6] = [
    Method::Minimax,
    Method::Wasserstein,
    Method::WassersteinGp,
    Method::InstanceNoise,
    Method::R1,
    Method::R2,
];
pub(super) const ON_RING: [Method; 3] = [Method::Minimax, Method::R1, Method::R2];

/// f′ of f(t) = −log(1 + e⁻ᵗ).
fn slope(t: f64) -> f64 {
    1.0 / (1.0 + t.exp())
}

impl Method {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Minimax => "GAN",
            Self::Wasserstein => "WGAN",
            Self::WassersteinGp => "WGAN-GP",
            Self::InstanceNoise => "GAN, instance noise",
            Self::R1 => "GAN, R1",
            Self::R2 => "GAN, R2",
        }
    }

    pub(super) fn is_expected_to_converge(self) -> bool {
        matches!(self, Self::InstanceNoise | Self::R1 | Self::R2)
    }

    /// The Dirac-GAN: one real point at 0, a generator that draws the point θ, and a discriminator
    /// D(x) = ψx. Where simultaneous gradient descent pulls (θ, ψ): the paper's vector field.
    pub(super) fn dirac(self, [theta, psi]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Minimax => [-psi * slope(psi * theta), theta * slope(psi * theta)],
            Self::Wasserstein => [-psi, theta],
            Self::WassersteinGp => [-psi, theta - psi.signum() * (psi.abs() - 1.0)],
            Self::InstanceNoise => {
                let (mut of_theta, mut of_psi) = (0.0, 0.0);
                for (noise, weight) in normal_quadrature(NOISE) {
                    of_theta -= weight * psi * slope(psi * (theta + noise));
                    of_psi += weight * (theta + noise) * slope(psi * (theta + noise));
                    of_psi -= weight * noise * slope(-psi * noise);
                }
                [of_theta, of_psi]
            }
            // D is linear: its gradient is ψ at the real point and at the generated one.
            Self::R1 | Self::R2 => {
                let [of_theta, of_psi] = Self::Minimax.dirac([theta, psi]);
                [of_theta, of_psi - GAMMA * psi]
            }
        }
    }

    /// The ring: eight real points on a circle, a generator that draws them turned by α and 1 + ρ times
    /// as far from the middle, and D(x) = ψ sin(8 φ) / 8 + χ (r − 1) of a point's angle and radius, which
    /// is 0 at the real points and has a gradient there. The field of (α, ρ, ψ, χ).
    ///
    /// Only the methods of [`ON_RING`] have one.
    pub(super) fn ring(self, [alpha, rho, psi, chi]: [f64; 4]) -> [f64; 4] {
        let modes = f64::from(MODES);
        let (sin, cos) = (modes * alpha).sin_cos();
        let of_logit = slope(psi * sin / modes + chi * rho);
        // ‖∇D‖² is ψ² cos² / r² + χ²: at real points the angle's cosine and the radius are 1.
        let damping = match self {
            Self::R1 => [1.0, 1.0],
            Self::R2 => [(cos / (1.0 + rho)).powi(2), 1.0],
            _ => [0.0, 0.0],
        };
        [
            -of_logit * psi * cos,
            -of_logit * chi,
            of_logit * sin / modes - GAMMA * damping[0] * psi,
            of_logit * rho - GAMMA * damping[1] * chi,
        ]
    }

    /// Spectral radius of the update's Jacobian at the equilibrium, by theory:
    /// I + h [[0, −a], [a, −c]] with a = f′(0), or 1 for WGAN, and c the damping. The ring's is the same,
    /// twice. None where the update has no derivative.
    pub(super) fn expected_radius(self) -> Option<f64> {
        let (a, damping) = match self {
            Self::Minimax => (0.5, 0.0),
            Self::Wasserstein => (1.0, 0.0),
            Self::WassersteinGp => return None,
            // 2 σ² |f″(0)|.
            Self::InstanceNoise => (0.5, 0.5 * NOISE * NOISE),
            Self::R1 | Self::R2 => (0.5, GAMMA),
        };
        // Eigenvalues of [[1, −ha], [ha, 1 − hc]].
        let (half_trace, determinant) =
            (1.0 - RATE * damping / 2.0, 1.0 - RATE * damping + (RATE * a).powi(2));
        let discriminant = half_trace * half_trace - determinant;
        Some(match discriminant >= 0.0 {
            true => half_trace.abs() + discriminant.sqrt(),
            // A pair of conjugates: their product is the determinant.
            false => determinant.sqrt(),
        })
    }

    /// The same, measured of the Dirac-GAN.
    pub(super) fn radius_of_dirac(self) -> Option<f64> {
        self.expected_radius().map(|_| spectral_radius(|at| self.dirac(at)))
    }

    /// The same, measured of the ring.
    pub(super) fn radius_of_ring(self) -> f64 {
        spectral_radius(|at| self.ring(at))
    }
}

/// One simultaneous update of all.
fn step<const N: usize>(field: &impl Fn([f64; N]) -> [f64; N], at: [f64; N]) -> [f64; N] {
    let pull = field(at);
    std::array::from_fn(|i| at[i] + RATE * pull[i])
}

/// [`STEPS`] updates from `start` on.
pub(super) fn path<const N: usize>(
    field: impl Fn([f64; N]) -> [f64; N],
    start: [f64; N],
) -> Vec<[f64; N]> {
    std::iter::successors(Some(start), |&at| Some(step(&field, at))).take(STEPS + 1).collect()
}

pub(super) fn distance<const N: usize>(at: [f64; N]) -> f64 {
    at.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Spectral radius of the update's Jacobian at 0, its columns by central differences: by how much a
/// vector grows when it is multiplied with it again and again.
fn spectral_radius<const N: usize>(field: impl Fn([f64; N]) -> [f64; N]) -> f64 {
    const H: f64 = 1e-5;
    const TIMES: u32 = 200_000;
    let columns: [[f64; N]; N] = std::array::from_fn(|i| {
        let at = |h: f64| std::array::from_fn(|j| if i == j { h } else { 0.0 });
        let (plus, minus) = (step(&field, at(H)), step(&field, at(-H)));
        std::array::from_fn(|j| (plus[j] - minus[j]) / (2.0 * H))
    });
    let mut vector: [f64; N] = std::array::from_fn(|i| 1.0 + i as f64 / 10.0);
    let mut growth = 0.0;
    for time in 0..TIMES {
        vector = std::array::from_fn(|j| (0..N).map(|i| columns[i][j] * vector[i]).sum());
        let length = distance(vector);
        vector = vector.map(|x| x / length);
        // The first half turns the vector to where the growth is largest.
        growth += if time < TIMES / 2 { 0.0 } else { length.ln() };
    }
    (growth / f64::from(TIMES / 2)).exp()
}

/// Points and weights that integrate against a normal density: trapezoids over five standard deviations.
fn normal_quadrature(std: f64) -> impl Iterator<Item = (f64, f64)> {
    let density = |i: i32| (-0.5 * (f64::from(i) / 8.0).powi(2)).exp();
    let total: f64 = (-40..=40).map(density).sum();
    (-40..=40).map(move |i| (std * f64::from(i) / 8.0, density(i) / total))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that `numpy.linalg.eigvals` gives for the matrices of the theory.
    const BY_NUMPY: [(Method, f64); 4] = [
        (Method::Minimax, 1.004_987_562_112_089),
        (Method::Wasserstein, 1.019_803_902_718_557),
        (Method::InstanceNoise, 0.953_939_201_416_945_7),
        (Method::R1, 0.900_000_000_000_000_1),
    ];

    #[test]
    fn the_theory_has_the_eigenvalues_of_numpy() {
        for (method, radius) in BY_NUMPY {
            let found = method.expected_radius().unwrap();
            assert!((found - radius).abs() < 1e-7, "{method:?}: {found}");
        }
    }

    #[test]
    fn updates_have_the_spectral_radius_of_the_theory() {
        for method in METHODS {
            let Some(expected) = method.expected_radius() else { continue };
            let measured = method.radius_of_dirac().unwrap();
            assert!((measured - expected).abs() < 1e-4, "{method:?}: {measured}, {expected}");
            assert_eq!(measured < 1.0, method.is_expected_to_converge(), "{method:?}");
        }
        for method in ON_RING {
            let (measured, expected) = (method.radius_of_ring(), method.expected_radius().unwrap());
            assert!((measured - expected).abs() < 1e-4, "{method:?}: {measured}, {expected}");
        }
    }

    #[test]
    fn the_cures_end_within_a_hundredth_of_the_equilibrium_and_the_others_do_not() {
        for method in METHODS {
            let end = distance(path(|at| method.dirac(at), [1.0, 1.0])[STEPS]);
            assert_eq!(end < NEAR, method.is_expected_to_converge(), "{method:?}: {end}");
        }
        for method in ON_RING {
            let end =
                distance(path(|at| method.ring(at), super::super::oscillation::RING_START)[STEPS]);
            assert_eq!(end < NEAR, method.is_expected_to_converge(), "{method:?}: {end}");
        }
    }
}
