//! `gan data synth`: synthetic data whose modes or rules are known.

use gan_data::synth::MAX_SAMPLES;
use gan_random::Rng;
use gan_run::write_file;

use crate::failure::Failure;
use crate::flags::SynthArgs;
use crate::terminal::{self, Work};

pub fn run(args: &SynthArgs) -> Result<(), Failure> {
    let samples = args.samples.unwrap_or(args.set.default_samples);
    if !(1..=MAX_SAMPLES).contains(&samples) {
        let rule = format!("--samples is {samples}, it must lie in 1 to {MAX_SAMPLES}");
        return Err(Failure::usage(rule));
    }
    if args.out.extension().is_none_or(|extension| extension != "npz") {
        return Err(Failure::usage(format!("--out is {}", args.out.display()))
            .hint("end it in .npz, an archive of arrays"));
    }
    if args.out.exists() {
        return Err(Failure::new(format!("{}: is there already", args.out.display()))
            .hint("name another --out, or take it away first; runs may depend on it"));
    }
    let work = Work::begin(&format!("making {samples} samples of {}", args.set.name));
    let bytes = args.set.make(samples, Rng::new(args.seed))?;
    drop(work);
    write_file(&args.out, &bytes)?;
    Ok(terminal::print(args.out.display())?)
}
