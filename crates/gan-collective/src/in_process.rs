//! Ranks that are threads of one process.

use std::sync::{Arc, Condvar, Mutex};

use crate::{Collective, sum_in_order};

/// A rank of [`in_process`].
#[derive(Clone, Debug)]
pub struct InProcess {
    rank: usize,
    ranks: usize,
    table: Arc<Table>,
}

/// Where all ranks lay down what they have to say, and take up what the others had.
#[derive(Debug)]
struct Table {
    round: Mutex<Round>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Round {
    number: u64,
    said: Vec<Option<Vec<u8>>>,
    /// What was said in the round before this one.
    heard: Arc<Vec<Vec<u8>>>,
    /// A rank has gone: nobody may wait for it.
    broken: bool,
}

/// `ranks` ranks, each for a thread of its own.
///
/// ```
/// use gan_collective::{Collective, in_process};
///
/// let threads = in_process(3).into_iter().map(|rank| {
///     std::thread::spawn(move || {
///         let mut values = [rank.rank() as f32, 1.0];
///         rank.sum(&mut values);
///         values
///     })
/// });
/// for thread in threads.collect::<Vec<_>>() {
///     assert_eq!(thread.join().unwrap(), [3.0, 3.0]);
/// }
/// ```
pub fn in_process(ranks: usize) -> Vec<InProcess> {
    let said = vec![None; ranks];
    let round = Mutex::new(Round { said, ..Round::default() });
    let table = Arc::new(Table { round, changed: Condvar::new() });
    (0..ranks).map(|rank| InProcess { rank, ranks, table: table.clone() }).collect()
}

impl InProcess {
    /// Says `bytes` and waits for what all have said.
    ///
    /// # Panics
    /// If another rank's thread panicked.
    fn exchange(&self, bytes: Vec<u8>) -> Arc<Vec<Vec<u8>>> {
        let gone = "another rank of this process has panicked";
        let mut round = self.table.round.lock().expect(gone);
        let number = round.number;
        round.said[self.rank] = Some(bytes);
        if round.said.iter().all(Option::is_some) {
            round.heard = Arc::new(round.said.iter_mut().filter_map(Option::take).collect());
            round.number += 1;
            self.table.changed.notify_all();
        }
        while round.number == number {
            assert!(!round.broken, "{gone}");
            round = self.table.changed.wait(round).expect(gone);
        }
        round.heard.clone()
    }
}

impl Collective for InProcess {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.ranks
    }

    fn host(&self) -> String {
        "this process".to_owned()
    }

    fn sum(&self, values: &mut [f32]) {
        let bytes = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
        let heard = self.exchange(bytes);
        let parts: Vec<Vec<f32>> = heard.iter().map(|bytes| floats(bytes)).collect();
        sum_in_order(parts.iter().map(Vec::as_slice), values);
    }

    fn gather(&self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.exchange(bytes.to_vec()).to_vec()
    }
}

/// A thread that panics must not leave the others waiting.
impl Drop for InProcess {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Ok(mut round) = self.table.round.lock()
        {
            round.broken = true;
            self.table.changed.notify_all();
        }
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&four| f32::from_ne_bytes(four)).collect()
}
