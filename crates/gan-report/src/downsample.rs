//! Long series shortened for a chart.

/// Indices of at most `most` values, in order, that draw the same curve: of each stretch its lowest
/// and its highest value, so that no spike is lost, and both ends. `most` is at least 4.
pub fn indices(values: &[f64], most: usize) -> Vec<usize> {
    if values.len() <= most {
        return (0..values.len()).collect();
    }
    let stretches = (most - 2) / 2;
    let inner = 1..values.len() - 1;
    let mut chosen = vec![0];
    for stretch in 0..stretches {
        let begin = inner.start + inner.len() * stretch / stretches;
        let end = inner.start + inner.len() * (stretch + 1) / stretches;
        let finite = || (begin..end).filter(|&i| values[i].is_finite());
        let lowest = finite().min_by(|&a, &b| values[a].total_cmp(&values[b]));
        let highest = finite().max_by(|&a, &b| values[a].total_cmp(&values[b]));
        // A stretch without a number stays a gap.
        let both = [lowest.unwrap_or(begin), highest.unwrap_or(begin)];
        chosen.extend([both[0].min(both[1]), both[0].max(both[1])]);
    }
    chosen.push(values.len() - 1);
    chosen.dedup();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_series_stays_as_it_is() {
        assert_eq!(indices(&[1.0, 2.0, 3.0], 4), [0, 1, 2]);
        assert_eq!(indices(&[], 4), [0; 0]);
    }

    #[test]
    fn a_long_series_keeps_its_ends_and_every_spike_in_order() {
        let mut values = vec![0.0; 100_000];
        let spikes = [1, 500, 33_333, 99_998];
        for spike in spikes {
            values[spike] = if spike == 500 { -7.0 } else { 7.0 };
        }
        let chosen = indices(&values, 1_000);
        assert!(chosen.len() <= 1_000 && chosen.is_sorted());
        assert_eq!((chosen[0], chosen[chosen.len() - 1]), (0, 99_999));
        assert!(spikes.iter().all(|spike| chosen.contains(spike)), "{chosen:?}");
    }

    #[test]
    fn values_that_are_not_finite_stay_gaps_and_hide_no_finite_one() {
        let mut values = vec![f64::NAN; 1_000];
        values[400] = 1.0;
        let chosen = indices(&values, 10);
        assert!(chosen.contains(&400) && chosen.len() <= 10, "{chosen:?}");
    }
}
