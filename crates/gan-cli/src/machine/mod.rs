//! The machine: its processor, threads and backends, and how long a step takes on it.

pub mod backend;
pub mod timing;

/// The processor as it names itself, with its cores.
pub fn processor() -> String {
    let cores = cores();
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
/// Two by default, where there are two cores: what a step of the small networks here can keep busy;
/// docs/performance.md has the numbers.
pub fn set_threads(threads: Option<usize>) {
    start_threads(threads.unwrap_or_else(|| cores().min(2)));
}

/// The same for work that is large enough to share: all cores by default.
pub fn set_threads_to_all(threads: Option<usize>) {
    start_threads(threads.unwrap_or_else(cores));
}

/// Cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Cores of the machine, of which a launcher may have bound this process to some.
pub fn cores_of_host() -> usize {
    let count = std::fs::read_to_string("/proc/cpuinfo")
        .map_or(0, |text| text.lines().filter(|line| line.starts_with("processor")).count());
    count.max(cores())
}

fn start_threads(threads: usize) {
    // This thread, which trains, is one of them: with a thread for itself it would hand each step to
    // whichever of the others is free, whose cache has not seen the last one.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).use_current_thread();
    // Fails only if the pool is already there, which then has been used with its own number.
    let _ = pool.build_global();
}
