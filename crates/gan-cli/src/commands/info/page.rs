//! Pages that `gan` made.

use super::description::Description;

/// Between the parts of the tags that are read.
const NAME: &str = "<meta name=\"";
const CONTENT: &str = "\" content=\"";

/// What a page says of the runs on it; nothing, if another program made it.
pub(super) fn describe_page(text: &str) -> Option<Description> {
    let about = about(text);
    let made_by = about.iter().find(|(name, _)| name == "generator")?.1.clone();
    if !made_by.starts_with("gan ") {
        return None;
    }
    let mut description = Description::new("an HTML page");
    if let Some(title) = between(text, "<title>", "</title>") {
        description.row("title", plain(title));
    }
    description.row("written by", made_by);
    for (name, value) in about.iter().filter(|(name, _)| name.starts_with("gan-")) {
        description.row(name, value);
    }
    Some(description)
}

/// Names and values of the page's `meta` tags.
fn about(text: &str) -> Vec<(String, String)> {
    let head = text.split("</head>").next().unwrap_or(text);
    let tags = head.split(NAME).skip(1);
    let read = |tag: &str| {
        let (name, rest) = tag.split_once(CONTENT)?;
        Some((plain(name), plain(rest.split_once('"')?.0)))
    };
    tags.filter_map(read).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// Without the escapes of HTML that the templates write.
fn plain(text: &str) -> String {
    let mut plain = text.to_owned();
    // What begins with & comes last, so that nothing is unescaped twice.
    for (escape, sign) in
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
    {
        plain = plain.replace(escape, sign);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_pages_are_not_ours() {
        let page = "<html><head><meta name=\"generator\" content=\"Hugo 0.1\"></head></html>";
        assert!(describe_page(page).is_none());
        assert!(describe_page("<html><head><title>x</title></head></html>").is_none());
        assert!(describe_page("").is_none());
    }

    #[test]
    fn names_with_signs_are_read_as_they_were() {
        let head = "<meta name=\"gan-data\" content=\"a &#38;#60; &#34;b&#34;\">";
        assert_eq!(about(head), [("gan-data".to_owned(), "a &#60; \"b\"".to_owned())]);
    }
}
