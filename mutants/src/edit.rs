//! The change itself.

use std::fs;
use std::path::Path;

use crate::list::Mutant;

/// The text of a mutant's file below a root, before and after the change.
pub(crate) fn mutated(root: &Path, mutant: &Mutant) -> Result<(String, String), String> {
    let before = fs::read_to_string(root.join(&mutant.file))
        .map_err(|error| format!("{}: {error}; correct the entry's file", mutant.file))?;
    let after = replaced(&before, &mutant.find, &mutant.replace)
        .map_err(|problem| format!("{}: {problem}", mutant.file))?;
    Ok((before, after))
}

/// The source with another text in the one place where `find` stands.
fn replaced(source: &str, find: &str, replace: &str) -> Result<String, String> {
    match source.matches(find).count() {
        1 => Ok(source.replacen(find, replace, 1)),
        0 => Err("the text to find is not there; bring the entry up to date with the code".into()),
        count => Err(format!("the text to find is there {count} times; give more of the line")),
    }
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn the_one_place_is_changed() {
        assert_eq!(replaced("if a { b }", "if a", "if false"), Ok("if false { b }".into()));
        assert_eq!(replaced("a\n  b\n", "a\n  b", ""), Ok("\n".into()));
    }

    #[test]
    fn a_text_that_is_not_there_or_twice_is_an_error_that_says_what_to_do() {
        let missing = replaced("if a", "if b", "").unwrap_err();
        assert!(missing.contains("not there; bring the entry up to date"), "{missing}");
        let twice = replaced("if a; if a", "if a", "").unwrap_err();
        assert!(twice.contains("2 times; give more"), "{twice}");
    }
}
