//! Text as a terminal shows it, with commands between backticks, as HTML.

/// `text` as HTML: what stands between two backticks is code, and every sign stays itself.
pub fn html(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let mut html = String::new();
    for (index, part) in parts.into_iter().enumerate() {
        match (index % 2 == 1, index == last) {
            (true, false) => html += &format!("<code>{}</code>", escaped(part)),
            // Nothing ends it.
            (true, true) => html += &format!("`{}", escaped(part)),
            (false, _) => html += &escaped(part),
        }
    }
    html
}

/// Without the backticks, for places that show no code.
pub fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_code_and_signs_stay_themselves() {
        assert_eq!(html("try `gan sweep`."), "try <code>gan sweep</code>.");
        assert_eq!(html("`a < b` & <c>"), "<code>a &lt; b</code> &amp; &lt;c&gt;");
        assert_eq!(html("`gan` and a ` alone"), "<code>gan</code> and a ` alone");
        assert_eq!(html(""), "");
    }
}
