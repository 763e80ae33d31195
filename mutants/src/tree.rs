//! The copy of the repository in which mutants are tried.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes `copy` equal to the repository at `root`, as far as git does not ignore it. Files that are equal already stay
/// untouched, so that cargo builds what has changed and no more.
pub(crate) fn refresh(root: &Path, copy: &Path) -> Result<(), String> {
    let files = files(root)?;
    let kept: HashSet<&Path> = files.iter().map(PathBuf::as_path).collect();
    fs::create_dir_all(copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    remove_others(copy, Path::new(""), &kept)?;
    for file in &files {
        copy_file(root, copy, file)?;
    }
    Ok(())
}

/// The files of the repository: tracked, and not yet tracked but not ignored.
fn files(root: &Path) -> Result<Vec<PathBuf>, String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git, which lists the files to copy, cannot run: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("git cannot list the files to copy; run this in a checkout: {reason}"));
    }
    let names = String::from_utf8(output.stdout)
        .map_err(|_| "a file's name is no UTF-8; rename or ignore it".to_owned())?;
    // What is deleted but not committed is still listed.
    let files = names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| root.join(file).is_file()).collect())
}

fn copy_file(root: &Path, copy: &Path, file: &Path) -> Result<(), String> {
    let failed = |error| format!("{} cannot be copied: {error}", file.display());
    let content = fs::read(root.join(file)).map_err(failed)?;
    let target = copy.join(file);
    if fs::read(&target).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&target, content).map_err(failed)
}

/// Removes what the repository does not have any more.
fn remove_others(copy: &Path, folder: &Path, kept: &HashSet<&Path>) -> Result<(), String> {
    let failed = |error| format!("{} cannot be cleared: {error}", copy.join(folder).display());
    for entry in fs::read_dir(copy.join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let file = folder.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            remove_others(copy, &file, kept)?;
        } else if !kept.contains(file.as_path()) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test, gone afterwards.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, file: &str, text: &str) {
            let path = self.0.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn read(&self, file: &str) -> Option<String> {
            fs::read_to_string(self.0.join(file)).ok()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_are_copied_once_and_again_when_they_change() {
        let (root, copy) = (Folder::new("mutants-root"), Folder::new("mutants-copy"));
        root.write("src/a.rs", "one");
        let file = Path::new("src/a.rs");
        copy_file(&root.0, &copy.0, file).unwrap();
        let modified = || fs::metadata(copy.0.join(file)).unwrap().modified().unwrap();
        let first = modified();
        copy_file(&root.0, &copy.0, file).unwrap();
        assert_eq!(modified(), first);
        root.write("src/a.rs", "two");
        copy_file(&root.0, &copy.0, file).unwrap();
        assert_eq!(copy.read("src/a.rs").as_deref(), Some("two"));
    }

    #[test]
    fn files_that_the_repository_has_no_more_are_removed() {
        let copy = Folder::new("mutants-others");
        for file in ["a.rs", "src/b.rs", "src/deep/c.rs"] {
            copy.write(file, "");
        }
        let kept = HashSet::from([Path::new("src/b.rs")]);
        remove_others(&copy.0, Path::new(""), &kept).unwrap();
        let left = ["a.rs", "src/b.rs", "src/deep/c.rs"].map(|file| copy.read(file).is_some());
        assert_eq!(left, [false, true, false]);
    }
}
