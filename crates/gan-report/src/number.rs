//! Numbers as people read them.

/// Four significant digits, without an exponent where that is short: `78.24`, `0.0132`, `12,345`.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return "not finite".to_owned();
    }
    let magnitude = value.abs();
    match magnitude {
        0.0 => "0".to_owned(),
        _ if magnitude >= 1000.0 => grouped(value.round() as i64),
        _ if magnitude >= 100.0 => format!("{value:.1}"),
        _ if magnitude >= 10.0 => format!("{value:.2}"),
        _ if magnitude >= 0.1 => format!("{value:.3}"),
        _ if magnitude >= 0.0001 => format!("{value:.5}"),
        _ => format!("{value:.2e}"),
    }
}

/// `60,000`.
pub fn grouped(value: impl Into<i128>) -> String {
    let value = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// `42.0 s`, `3 min 20 s`, `5 h 07 min`.
pub fn time(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// `value` with six significant digits: more is not seen in a chart, and costs a report its size.
pub fn rounded(value: f64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_whole_ones_grouped() {
        let shown = [0.0, 78.2449, 0.013_234, 12_345.6, 1e-9, -250.04, f64::NAN].map(short);
        let expected = ["0", "78.24", "0.01323", "12,346", "1.00e-9", "-250.0", "not finite"];
        assert_eq!(shown, expected);
        assert_eq!(grouped(1_000_000_u64), "1,000,000");
        assert_eq!(grouped(-999), "-999");
        assert_eq!([42.0, 200.0, 18_430.0].map(time), ["42.0 s", "3 min 20 s", "5 h 07 min"]);
        assert_eq!(rounded(1.0 / 3.0), 0.333_333);
    }
}
