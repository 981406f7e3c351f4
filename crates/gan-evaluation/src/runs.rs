//! Whether two settings differ, from several runs of each.

/// The exact two-sided p-value of Mann and Whitney's rank-sum test (1947): how often two groups of
/// runs of one and the same setting would differ in their ranks by as much as `a` and `b` do. With
/// three runs of each it is at least .1, with four .03, with five .008. None without runs in both.
///
/// Equal values are ranked in the order of the groups; measured values are practically never equal.
#[must_use]
pub fn rank_sum_p_value(a: &[f64], b: &[f64]) -> Option<f64> {
    let total = a.len() + b.len();
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let mut all: Vec<(f64, bool)> = a.iter().map(|&value| (value, true)).collect();
    all.extend(b.iter().map(|&value| (value, false)));
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    let is_of_a = |(at, &(_, is_of_a)): (usize, &(f64, bool))| is_of_a.then_some(at + 1);
    let found: usize = all.iter().enumerate().filter_map(is_of_a).sum();
    // ways[k][s]: how many sets of k ranks there are with the sum s.
    let most = total * (total + 1) / 2;
    let mut ways = vec![vec![0.0f64; most + 1]; a.len() + 1];
    ways[0][0] = 1.0;
    for rank in 1..=total {
        for count in (1..=a.len().min(rank)).rev() {
            for sum in (rank..=most).rev() {
                ways[count][sum] += ways[count - 1][sum - rank];
            }
        }
    }
    let ways = &ways[a.len()];
    let (all, low): (f64, f64) = (ways.iter().sum(), ways[..=found].iter().sum());
    let high: f64 = ways[found..].iter().sum();
    Some((2.0 * low.min(high) / all).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::rank_sum_p_value;

    #[test]
    fn p_values_are_those_of_the_tables() {
        let p = |a: &[f64], b: &[f64]| rank_sum_p_value(a, b).unwrap();
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        // Wholly apart: two of the 20, 70 and 252 ways.
        close(p(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 0.1);
        close(p(&[5.0, 6.0, 7.0, 8.0], &[1.0, 2.0, 3.0, 4.0]), 2.0 / 70.0);
        close(p(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0]), 2.0 / 252.0);
        // scipy.stats.mannwhitneyu([1, 4, 6], [2, 3, 5, 7], method="exact")
        close(p(&[1.0, 4.0, 6.0], &[2.0, 3.0, 5.0, 7.0]), 0.857_142_857_142_857_1);
        assert_eq!(rank_sum_p_value(&[], &[1.0]), None);
    }
}
