//! Whether all ranks were started alike.

use std::collections::BTreeMap;

use crate::Collective;

/// What a rank has that rank 0 has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The rank.
    pub rank: usize,
    /// Where it runs.
    pub host: String,
    /// What differs: `version`, `training.batch_size`.
    pub name: String,
    /// The rank's own, or nothing if it has none of that name.
    pub value: Option<String>,
    /// That of rank 0.
    pub of_rank_0: Option<String>,
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rank, host, name, value, of_rank_0 } = self;
        let [value, of_rank_0] =
            [value, of_rank_0].map(|value| value.as_deref().unwrap_or("not there"));
        write!(f, "{name} is {value} on rank {rank} ({host}), but {of_rank_0} on rank 0")
    }
}

impl std::error::Error for Disagreement {}

/// Compares `facts` (names and values, each name once) with those of rank 0, on all ranks.
///
/// # Errors
/// The same on every rank: the first fact, by name, in which the first rank that differs does.
pub fn agree(collective: &dyn Collective, facts: &[(String, String)]) -> Result<(), Disagreement> {
    if collective.ranks() == 1 {
        return Ok(());
    }
    let mut said = vec![collective.host()];
    said.extend(facts.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    let said: Vec<String> = said.iter().map(|text| text.replace('\0', " ")).collect();
    let mut all = collective.gather(said.join("\0").as_bytes()).into_iter().map(Facts::read);
    let Facts { facts: expected, .. } = all.next().expect("rank 0");
    for (rank, Facts { host, facts }) in (1..).zip(all) {
        let names =
            expected.keys().chain(facts.keys().filter(|name| !expected.contains_key(*name)));
        for name in names {
            let (value, of_rank_0) = (facts.get(name), expected.get(name));
            if value != of_rank_0 {
                let (value, of_rank_0) = (value.cloned(), of_rank_0.cloned());
                return Err(Disagreement { rank, host, name: name.clone(), value, of_rank_0 });
            }
        }
    }
    Ok(())
}

struct Facts {
    host: String,
    facts: BTreeMap<String, String>,
}

impl Facts {
    #[allow(clippy::needless_pass_by_value)]
    fn read(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes);
        let mut parts = text.split('\0').map(str::to_owned);
        let host = parts.next().unwrap_or_default();
        let mut facts = BTreeMap::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            facts.insert(name, value);
        }
        Self { host, facts }
    }
}
