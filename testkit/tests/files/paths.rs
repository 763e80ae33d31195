//! Where files on the disk get their names, and when.

use std::path::Path;

use telewire::client::files::TransferError;

use crate::support::{TWO, bytes, patient, two};

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn fi_83_a_hostile_name_stays_in_the_folder() {
    let two = two().await;
    for (name, kept) in [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("a\0b\n.txt", "ab.txt"),
        ("con.txt", "_con.txt"),
        ("..\\..\\x.exe", "x.exe"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (_, message) = two.sent(TWO, name, bytes(10)).await;
        let path = patient(two.bobs.download(&message).to_path(folder.path())).await.unwrap();
        assert_eq!(path, folder.path().join(kept), "{name:?}");
        assert_eq!(names(folder.path()), [kept], "{name:?}");
    }
}

#[tokio::test]
async fn fi_82_a_file_that_is_there_stays_unless_it_is_to_be_replaced() {
    let two = two().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    std::fs::write(&path, b"mine").unwrap();
    let (_, message) = two.sent(TWO, "a.bin", bytes(100_000)).await;
    let error = patient(two.bobs.download(&message).to_path(&path)).await.unwrap_err();
    assert_eq!(error, TransferError::Exists(path.clone()));
    assert_eq!(
        (std::fs::read(&path).unwrap(), names(folder.path())),
        (b"mine".to_vec(), vec!["a.bin".into()])
    );
    patient(two.bobs.download(&message).overwrite().to_path(&path)).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes(100_000));
    assert_eq!(names(folder.path()), ["a.bin"]);
}

#[tokio::test]
async fn what_cannot_be_written_is_said_with_its_path() {
    let two = two().await;
    let (_, message) = two.sent(TWO, "a.bin", bytes(10)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none").join("a.bin");
    let error = patient(two.bobs.download(&message).to_path(&path)).await.unwrap_err();
    assert_eq!(error, TransferError::Path { path, kind: std::io::ErrorKind::NotFound });
}
