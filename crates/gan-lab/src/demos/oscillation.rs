//! Oscillation: games that theory knows, and a ring that networks are trained on.

use super::dirac::{METHODS, MODES, Method, NEAR, ON_RING, RATE, STEPS, distance, path};
use super::ring;
use crate::page::{Page, Panel, Role, Section, Table};
use crate::svg::{Drawing, Line, View};
use crate::{Lab, LabError};

/// Where the ring's generator and discriminator begin: turned by .15, larger by .3.
pub(super) const RING_START: [f64; 4] = [0.15, 0.3, 0.3, 0.3];

/// Steps that are drawn of the ring in the plane.
const DRAWN: usize = 150;

/// Whether every method does as theory has it.
struct Theory {
    section: Section,
    holds: bool,
}

pub(super) fn run(lab: &Lab<'_>) -> Result<Page, LabError> {
    (lab.progress)("Dirac-GAN: six ways to train two numbers", 0.0);
    let (point, turning) = (dirac_gan(), turning_ring());
    let trained = ring::compare(lab)?;
    let holds = point.holds && turning.holds;
    let theory = match holds {
        true => format!(
            "Dirac-GAN and ring: GAN, WGAN and WGAN-GP circle; instance noise, R1 and R2 are within \
             {NEAR} of the equilibrium after {STEPS} steps, as theory has it."
        ),
        false => "Not every small game does as theory has it: see the tables.".to_owned(),
    };
    Ok(Page {
        name: "oscillation",
        title: "Oscillation".to_owned(),
        explanation: vec![
            "The smallest GAN there is: one real point at 0, a generator that draws one point θ, and \
             a discriminator D(x) = ψx. The equilibrium is θ = ψ = 0. Arrows show where gradient \
             descent pulls; without a penalty they run around the equilibrium, and each step of finite \
             size leads a little outwards: the spectral radius of the update is above 1."
                .to_owned(),
            "A penalty on the gradient of D (R1 at real points, R2 at generated ones) pulls ψ to 0 \
             and makes the circle a spiral inwards. Instance noise does the same for small ψ."
                .to_owned(),
            "The same happens to networks: on a ring of eight Gaussians the discriminator chases the \
             samples from mode to mode, at any learning rate that does not fall."
                .to_owned(),
        ],
        verdict: format!("{theory} {}", trained.verdict),
        is_cured: holds && trained.is_cured,
        sections: vec![point.section, turning.section, trained.section],
        commands: vec![
            "gan data synth ring --out ring.npz".to_owned(),
            format!("gan --data ring.npz {}", ring::TROUBLE_FLAGS),
            format!("gan --data ring.npz {}", ring::CURE_FLAGS),
        ],
        sources: vec![
            "Mescheder, Geiger and Nowozin 2018, figures 1 and 3, theorems 4.1 and 4.2",
            "Goodfellow 2016, section 8.1",
        ],
        made_by: String::new(),
    })
}

fn dirac_gan() -> Theory {
    let mut table = radii();
    let (mut panels, mut holds) = (Vec::new(), true);
    for method in METHODS {
        let path = path(|at| method.dirac(at), [1.0, 1.0]);
        let end = distance(path[STEPS]);
        holds &= (end < NEAR) == method.is_expected_to_converge();
        table.row(radius_row(method, end, method.radius_of_dirac()));
        let mut drawing = Drawing::square(View::square(2.0));
        drawing.arrows(14, |at| at.iter().map(|&at| method.dirac(at)).collect());
        drawing.lines(&[Line { colour: colour(method), points: path }]);
        panels.push(Panel::svg(method.name(), drawing.finish()));
    }
    let section = Section {
        heading: format!("Dirac-GAN: {STEPS} steps of size {RATE} from (1, 1)"),
        text: "θ to the right, ψ upwards; the equilibrium is the middle.".to_owned(),
        panels,
        table: Some(table),
        ..Section::default()
    };
    Theory { section, holds }
}

fn turning_ring() -> Theory {
    let mut table = radii();
    let (mut panels, mut holds) = (Vec::new(), true);
    let place = |mode: u32, alpha: f64, rho: f64| {
        let (sin, cos) =
            (std::f64::consts::TAU * f64::from(mode) / f64::from(MODES) + alpha).sin_cos();
        [(1.0 + rho) * cos, (1.0 + rho) * sin]
    };
    for method in ON_RING {
        let path = path(|at| method.ring(at), RING_START);
        let end = distance(path[STEPS]);
        holds &= (end < NEAR) == method.is_expected_to_converge();
        table.row(radius_row(method, end, Some(method.radius_of_ring())));
        let mut drawing = Drawing::square(View::square(2.0));
        let lines: Vec<Line> = (0..MODES)
            .map(|mode| Line {
                colour: colour(method),
                points: path
                    .iter()
                    .take(DRAWN)
                    .map(|&[alpha, rho, ..]| place(mode, alpha, rho))
                    .collect(),
            })
            .collect();
        drawing.lines(&lines);
        let reals: Vec<[f64; 2]> = (0..MODES).map(|mode| place(mode, 0.0, 0.0)).collect();
        drawing.dots(&reals, "--real", 4.0);
        panels.push(Panel::svg(format!("{}: the plane", method.name()), drawing.finish()));
        let mut drawing = Drawing::square(View::square(0.45));
        drawing.arrows(14, |at| {
            let pull = |&[rho, chi]: &[f64; 2]| {
                let [_, of_rho, _, of_chi] = method.ring([0.0, rho, 0.0, chi]);
                [of_rho, of_chi]
            };
            at.iter().map(pull).collect()
        });
        let points = path.iter().map(|&[_, rho, _, chi]| [rho, chi]).collect();
        drawing.lines(&[Line { colour: colour(method), points }]);
        panels.push(Panel::svg(
            format!("{}: radius to the right, its weight in D upwards", method.name()),
            drawing.finish(),
        ));
    }
    let section = Section {
        heading: "A ring that turns and grows".to_owned(),
        text: "Eight real points (grey); the generator draws all eight, turned and scaled, and the \
               discriminator has two weights, for the angle and for the radius. It is 0 at the real \
               points, where its gradient is not: near the equilibrium, a Dirac-GAN twice."
            .to_owned(),
        panels,
        table: Some(table),
        ..Section::default()
    };
    Theory { section, holds }
}

fn radii() -> Table {
    Table::new(["training", "distance at the end", "spectral radius", "by theory", "converges"])
}

fn radius_row(method: Method, end: f64, measured: Option<f64>) -> [String; 5] {
    let number = |radius: Option<f64>| radius.map_or("–".to_owned(), |r| format!("{r:.5}"));
    [
        method.name().to_owned(),
        format!("{end:.2e}"),
        number(measured),
        number(method.expected_radius()),
        if end < NEAR { "yes" } else { "no" }.to_owned(),
    ]
}

fn colour(method: Method) -> &'static str {
    match method.is_expected_to_converge() {
        true => Role::Cure.colour(),
        false => Role::Trouble.colour(),
    }
}
