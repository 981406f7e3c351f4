//! The machine that numbers were measured on.

/// The processor as it names itself, with its cores.
pub fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let model = model.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{model}, {cores} core{}", if cores == 1 { "" } else { "s" })
}

/// Operating system and processor in one line.
pub fn description() -> String {
    format!("{}, {}", processor(), std::env::consts::OS)
}

/// Sets how many threads the CPU backends use; once in a process.
///
/// One by default: at the sizes of the networks here, threads wait for each other longer than they
/// compute.
pub fn set_threads(threads: Option<usize>) {
    let threads = threads.unwrap_or(1).max(1);
    // Fails only if the pool is already there, which then has been used with its own number.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
}
