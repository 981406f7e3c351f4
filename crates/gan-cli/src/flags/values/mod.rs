//! What flags are worth: lists of seeds, shapes of grids, numbers and names that may be none.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

pub mod limits;

/// Seeds, as in `0,1,4-6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedList(pub Vec<u64>);

/// Columns and rows, as in `4x2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridShape {
    pub columns: usize,
    pub rows: usize,
}

/// Channels, height and width of an image, as in `1x28x28`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageShape(pub [usize; 3]);

/// A positive number, or nothing: `none` or 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrNone<T = f64>(pub Option<T>);

/// Puts the flag's value into the field, if there is one.
pub fn put<T>(field: &mut T, flag: Option<T>) {
    if let Some(value) = flag {
        *field = value;
    }
}

/// Reads one of the names of `T`, or `none`.
pub fn name_or_none<T: ValueEnum + Send + Sync + 'static>()
-> impl TypedValueParser<Value = OrNone<T>> {
    let none = PossibleValue::new("none").help("None of these");
    let names = T::value_variants().iter().filter_map(T::to_possible_value);
    let parser = PossibleValuesParser::new(std::iter::once(none).chain(names));
    parser.map(|name| OrNone(T::from_str(&name, false).ok()))
}

/// Seeds as they are written on the command line: `0-3,7`.
pub fn list(seeds: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for &seed in seeds {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(seed) => *last = seed,
            _ => parts.push((seed, seed)),
        }
    }
    let text = |&(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

impl std::str::FromStr for SeedList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        seeds(text).map(Self)
    }
}

impl std::str::FromStr for GridShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse().ok().filter(|side| (1..=1000).contains(side));
        text.split_once('x')
            .and_then(|(columns, rows)| Some(Self { columns: side(columns)?, rows: side(rows)? }))
            .ok_or_else(|| "write columns x rows, such as 4x4, each from 1 to 1000".to_owned())
    }
}

impl std::str::FromStr for ImageShape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides: Option<Vec<usize>> = text.split('x').map(|side| side.parse().ok()).collect();
        sides
            .and_then(|sides| <[usize; 3]>::try_from(sides).ok())
            .filter(|sides| sides.iter().all(|side| (1..=4096).contains(side)))
            .map(Self)
            .ok_or_else(|| "write channels x height x width, such as 1x28x28".to_owned())
    }
}

impl std::str::FromStr for OrNone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            _ => match text.parse() {
                Ok(0.0) => Ok(Self(None)),
                Ok(value) => Ok(Self(Some(value))),
                Err(_) => Err("write a number, or none".to_owned()),
            },
        }
    }
}

/// The seeds of `text`, at most a million.
fn seeds(text: &str) -> Result<Vec<u64>, String> {
    const LIMIT: usize = 1_000_000;
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<u64>().map_err(|_| format!("`{text}` is not a seed; write 0-15 or 0,1,4-6"))
    };
    let mut numbers = Vec::new();
    for part in text.split(',') {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        if first > last {
            return Err(format!("{part} runs backwards; write {last}-{first}"));
        }
        if last - first >= (LIMIT - numbers.len()) as u64 {
            return Err(format!("at most {LIMIT} of them"));
        }
        numbers.extend(first..=last);
    }
    Ok(numbers)
}
