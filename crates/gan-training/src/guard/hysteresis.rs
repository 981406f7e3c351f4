//! Alarms that do not flicker: raised after several looks in a row, taken back after several.

/// Looks in a row that take an alarm back.
const CLEAR_AFTER: u32 = 3;

/// Whether an alarm is raised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hysteresis {
    raise_after: u32,
    in_a_row: u32,
    raised: bool,
}

/// What a look changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Raised,
    Cleared,
    None,
}

impl Hysteresis {
    /// An alarm that is raised after so many looks in a row.
    pub(super) fn new(raise_after: u32) -> Self {
        Self { raise_after, in_a_row: 0, raised: false }
    }

    /// Takes in whether the trouble was there at this look.
    pub(super) fn look(&mut self, holds: bool) -> Change {
        self.in_a_row = if holds == self.raised { 0 } else { self.in_a_row + 1 };
        let needed = if self.raised { CLEAR_AFTER } else { self.raise_after };
        if self.in_a_row < needed {
            return Change::None;
        }
        (self.raised, self.in_a_row) = (holds, 0);
        if holds { Change::Raised } else { Change::Cleared }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_raised_after_three_looks_in_a_row_and_taken_back_after_three() {
        let mut hysteresis = Hysteresis::new(3);
        let looks = [true, true, false, true, true, true, true, false, true, false, false, false];
        let changes: Vec<Change> = looks.map(|holds| hysteresis.look(holds)).to_vec();
        let mut expected = vec![Change::None; 12];
        (expected[5], expected[11]) = (Change::Raised, Change::Cleared);
        assert_eq!(changes, expected);
    }
}
