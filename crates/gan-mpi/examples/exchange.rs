//! How long a sum of all ranks takes, by its size: `mpirun -n 2 target/debug/examples/exchange`.
//!
//! The smallest gives the latency, the largest the bandwidth of the model in docs/scaling.md.

use std::time::Instant;

use gan_collective::Collective;
use gan_mpi::Mpi;

fn main() {
    let ranks = match Mpi::start() {
        Ok(ranks) => ranks,
        Err(error) => return eprintln!("error: {error}"),
    };
    for count in [1, 64, 4_096, 65_536, 262_144, 1_048_576, 4_194_304] {
        let mut values = vec![1e-3_f32; count];
        let rounds = (20_000_000 / (count + 10_000)).clamp(5, 1_000);
        let mut times: Vec<f64> = (0..rounds)
            .map(|_| {
                values.fill(1e-3);
                ranks.barrier();
                let start = Instant::now();
                ranks.sum(&mut values);
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        times.sort_by(f64::total_cmp);
        if ranks.rank() == 0 {
            let (median, lowest) = (times[rounds / 2], times[0]);
            println!("{count:>9} values: median {median:>9.1} µs, lowest {lowest:>9.1} µs");
        }
    }
}
