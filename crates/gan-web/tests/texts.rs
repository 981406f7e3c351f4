//! The page has every sentence in both languages.

use gan_training::guard::TROUBLES;

const ENGLISH: &str = include_str!("../site/en.js");
const CHINESE: &str = include_str!("../site/zh.js");
const TROUBLES_IN_CHINESE: &str = include_str!("../site/zh-troubles.js");

/// The names of a file of texts: `name: '` at the beginning of a line or after a comma.
fn names(texts: &str) -> Vec<&str> {
    let mut names: Vec<&str> = texts
        .match_indices(": '")
        .filter_map(|(end, _)| {
            let before = &texts[..end];
            let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')? + 1;
            let opens = before[..start].trim_end_matches([' ', '\n']).ends_with([',', '{']);
            (opens && start < end).then_some(&before[start..])
        })
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn both_languages_have_the_same_texts() {
    let english = names(ENGLISH);
    assert!(english.len() > 100, "{english:?}");
    assert_eq!(english, names(CHINESE));
}

#[test]
fn every_trouble_and_every_cure_has_its_chinese_sentence() {
    let has = |key: String| {
        let key = format!("'{}': '", key.replace('\'', "\\'"));
        assert!(TROUBLES_IN_CHINESE.contains(&key), "{key}");
    };
    for info in TROUBLES {
        has(format!("seen_{}", info.name));
        info.cures.iter().for_each(|cure| has(format!("cure: {}", cure.what)));
    }
}
