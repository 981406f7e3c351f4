//! The classes of `--class`: by the names that the data gave them, or by their numbers.

use gan_model::SnapshotInfo;

use crate::failure::Failure;

/// More classes are not drawn at a time.
const MAX_ASKED: usize = 10_000;
/// Names in a message, at most.
const MAX_LISTED: usize = 12;

/// The numbers of the classes that `--class` asks for, if it does.
///
/// # Errors
/// If there is no such class, or the generator is not class-conditional.
pub fn asked(text: Option<&str>, info: &SnapshotInfo) -> Result<Option<Vec<usize>>, Failure> {
    match (text, ClassNames::of(info)) {
        (None, _) => Ok(None),
        (Some(text), Some(names)) => names.numbers(text).map(Some),
        (Some(_), None) => {
            Err(Failure::usage("--class is given, but this generator is not class-conditional")
                .hint("`gan train --conditional` trains one that is"))
        }
    }
}

/// The classes that a generator knows.
#[derive(Clone, Copy, Debug)]
pub struct ClassNames<'a> {
    count: usize,
    /// In the order of their numbers, where they have other names than those.
    names: Option<&'a [String]>,
}

impl<'a> ClassNames<'a> {
    /// Those of the generator in a snapshot; `None` if it is not class-conditional.
    pub fn of(info: &'a SnapshotInfo) -> Option<Self> {
        let count = info.generator.classes()?;
        let names = info.class_names.as_deref().filter(|names| names.len() <= count);
        Some(Self { count, names })
    }

    /// The numbers of the classes that `text` names: `cat,dog`, `7`, `0-9`.
    ///
    /// # Errors
    /// If there is no such class; names that are like it are told.
    pub fn numbers(&self, text: &str) -> Result<Vec<usize>, Failure> {
        // A name may hold commas: the longest that is one is meant.
        let commas = |name: &String| name.matches(',').count();
        let longest = self.names.and_then(|names| names.iter().map(commas).max()).unwrap_or(0) + 1;
        let parts: Vec<&str> = text.split(',').collect();
        let mut numbers = Vec::new();
        let mut next = 0;
        while next < parts.len() {
            let last = parts.len().min(next + longest);
            let name = (next + 1..=last)
                .rev()
                .find_map(|end| Some((self.named(&parts[next..end].join(","))?, end)));
            match name {
                Some((class, end)) => {
                    numbers.push(class);
                    next = end;
                }
                None => {
                    numbers.extend(self.range(parts[next].trim())?);
                    next += 1;
                }
            }
            if numbers.len() > MAX_ASKED {
                return Err(Failure::usage(format!("--class: at most {MAX_ASKED} of them")));
            }
        }
        Ok(numbers)
    }

    /// These classes as they are written on the command line.
    pub fn text(&self, classes: &[usize]) -> String {
        let names = classes.iter().map(|&class| self.name(class));
        match self.names {
            // Numbers say the same as names that could not be read back.
            Some(names) if !self.are_numbers() && names.iter().any(|name| name.contains(',')) => {
                crate::flags::list(&classes.iter().map(|&class| class as u64).collect::<Vec<_>>())
            }
            Some(_) => names.collect::<Vec<_>>().join(","),
            None => {
                crate::flags::list(&classes.iter().map(|&class| class as u64).collect::<Vec<_>>())
            }
        }
    }

    /// What a class is called.
    pub fn name(&self, class: usize) -> String {
        self.names.and_then(|names| names.get(class)).cloned().unwrap_or_else(|| class.to_string())
    }

    /// What stands beside a picture of it.
    pub fn caption(&self, class: usize) -> String {
        match self.names.and_then(|names| names.get(class)) {
            Some(name) => name.clone(),
            None => format!("class {class}"),
        }
    }

    /// What stands beside the rows of a picture of images of `classes`, so many in a row: the class of
    /// each row, or those of its images one after the other.
    pub fn of_rows(&self, classes: &[usize], columns: usize) -> Vec<String> {
        let of_row = |row: &[usize]| match row.iter().all(|class| class == &row[0]) {
            true => self.caption(row[0]),
            false => row.iter().map(|&class| self.name(class)).collect::<Vec<_>>().join(" "),
        };
        classes.chunks(columns).map(of_row).collect()
    }

    /// What a file of a picture of it is called: `class3`, or `class3-owl` where it has a name.
    pub fn file_stem(&self, class: usize) -> String {
        match self.names.and_then(|names| names.get(class)) {
            Some(name) => format!("class{class}-{}", gan_run::slug(name)),
            None => format!("class{class}"),
        }
    }

    /// The classes of a number, or a range of numbers.
    fn range(&self, part: &str) -> Result<Vec<usize>, Failure> {
        let range = match part.split_once('-') {
            Some((first, last)) => first.trim().parse().ok().zip(last.trim().parse().ok()),
            None => part.parse().ok().map(|number: i64| (number, number)),
        };
        let Some((first, last)) = range else { return Err(self.unknown(part)) };
        if first > last {
            return Err(Failure::usage(format!(
                "--class {part} runs backwards; write {last}-{first}"
            )));
        }
        // Where all names are numbers, as of labels with gaps, a number is a name.
        let of_range: Vec<usize> = match self.names.filter(|_| self.are_numbers()) {
            Some(names) => {
                let number = |name: &String| {
                    name.parse::<i64>().is_ok_and(|it| (first..=last).contains(&it))
                };
                (0..names.len()).filter(|&class| number(&names[class])).collect()
            }
            None if first >= 0 && last < self.count as i64 => {
                (first as usize..=last as usize).collect()
            }
            None => Vec::new(),
        };
        match of_range.is_empty() {
            true => Err(self.unknown(part)),
            false => Ok(of_range),
        }
    }

    /// The class of that name; spaces around it, and upper and lower case, do not matter where that is
    /// enough to tell.
    fn named(&self, name: &str) -> Option<usize> {
        let names = self.names?;
        let same = |known: &String| known.trim().to_lowercase() == name.trim().to_lowercase();
        names.iter().position(|known| known == name).or_else(|| {
            let mut alike = (0..names.len()).filter(|&class| same(&names[class]));
            alike.next().filter(|_| alike.next().is_none())
        })
    }

    fn are_numbers(&self) -> bool {
        self.names.is_some_and(|names| names.iter().all(|name| name.parse::<i64>().is_ok()))
    }

    fn unknown(&self, part: &str) -> Failure {
        let Some(names) = self.names else {
            return Failure::usage(format!(
                "--class {part}: this generator knows classes 0 to {}",
                self.count - 1
            ));
        };
        let listed: Vec<&str> = names.iter().take(MAX_LISTED).map(String::as_str).collect();
        let more = if names.len() > MAX_LISTED { ", …" } else { "" };
        let failure = Failure::usage(format!(
            "--class {part}: this generator knows {} classes: {}{more}",
            names.len(),
            listed.join(", ")
        ));
        let part = part.to_lowercase();
        let mistakes = |name: &str| strsim::osa_distance(&name.to_lowercase(), &part);
        let may_be_meant = |name: &&str| {
            let begins_so = !part.is_empty() && name.to_lowercase().starts_with(&part);
            begins_so || mistakes(name) <= 1 + part.chars().count() / 4
        };
        let mut near: Vec<&str> = names.iter().map(String::as_str).filter(may_be_meant).collect();
        near.sort_by_key(|name| mistakes(name));
        near.truncate(3);
        match near.is_empty() {
            true => failure.hint("`gan info` lists them; numbers count from 0"),
            false => failure.hint(format!("did you mean {}?", near.join(" or "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    fn asked(names: Option<&[String]>, text: &str) -> Result<Vec<usize>, String> {
        let count = names.map_or(10, <[String]>::len);
        let numbers = ClassNames { count, names }.numbers(text);
        numbers.map_err(|failure| failure.lines().collect::<Vec<_>>().join(" → "))
    }

    #[test]
    fn classes_are_asked_for_by_name_and_by_number() {
        let animals = names(&["cat", "dog", "great, grey owl"]);
        assert_eq!(asked(Some(&animals), "dog,cat"), Ok(vec![1, 0]));
        assert_eq!(asked(Some(&animals), "Dog, 2"), Ok(vec![1, 2]));
        assert_eq!(asked(Some(&animals), "great, grey owl"), Ok(vec![2]));
        assert_eq!(asked(Some(&animals), "dog,great, grey owl,cat"), Ok(vec![1, 2, 0]));
        assert_eq!(asked(Some(&names(&[" cat ", "dog"])), "cat, dog"), Ok(vec![0, 1]));
        assert_eq!(asked(Some(&animals), "0-1"), Ok(vec![0, 1]));
        assert_eq!(asked(None, "7,0-2"), Ok(vec![7, 0, 1, 2]));
    }

    #[test]
    fn numbers_that_are_names_mean_the_names() {
        let labels = names(&["1", "3", "7"]);
        assert_eq!(asked(Some(&labels), "3"), Ok(vec![1]));
        assert_eq!(asked(Some(&labels), "1-6"), Ok(vec![0, 1]));
        let message = asked(Some(&labels), "2").unwrap_err();
        assert!(message.contains("--class 2") && message.contains("1, 3, 7"), "{message}");
    }

    #[test]
    fn unknown_classes_are_refused_with_those_that_are_like_them() {
        let animals = names(&["cat", "dog", "horse"]);
        for (wrong, meant) in [("hrose", "horse"), ("dgo", "dog"), ("Hor", "horse")] {
            let message = asked(Some(&animals), wrong).unwrap_err();
            assert!(message.contains(&format!("did you mean {meant}?")), "{message}");
        }
        for wrong in ["100", "3", "-1", "1-3", "", "cat,,dog"] {
            let message = asked(Some(&animals), wrong).unwrap_err();
            assert!(message.contains("cat, dog, horse"), "{wrong}: {message}");
        }
        assert!(asked(None, "100").unwrap_err().contains("classes 0 to 9"));
        assert!(asked(None, "3-1").unwrap_err().contains("write 1-3"));
    }

    #[test]
    fn what_is_written_down_is_read_back() {
        for list in [&["cat", "dog"][..], &["1", "3"], &["a, b", "c"]] {
            let list = names(list);
            let classes = ClassNames { count: 2, names: Some(&list) };
            assert_eq!(classes.numbers(&classes.text(&[1, 0])).unwrap(), [1, 0], "{list:?}");
        }
        let classes = ClassNames { count: 9, names: None };
        assert_eq!(classes.text(&[0, 1, 2, 7]), "0-2,7");
    }
}
