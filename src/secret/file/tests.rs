use super::*;
use crate::crypto::{SeededEntropy, real, vectors};
use crate::tl::secret::types;

fn known() -> FileKey {
    let bytes: Vec<u8> = (0..0x40).collect();
    FileKey::of(&bytes[..32], &bytes[32..]).unwrap()
}

#[test]
fn sc_76_a_known_file() {
    assert_eq!(known().fingerprint().to_string(), vectors::secret("file.fingerprint_dec"));
    let mut data = *b"secret file data";
    known().chain().encrypt(&real(), &mut data).unwrap();
    assert_eq!(hex::encode(data), vectors::secret("file.encrypted"));
}

#[test]
fn sc_76_each_file_has_a_key_of_its_own() {
    let mut entropy = SeededEntropy::new(1);
    let keys: Vec<FileKey> = (0..100).map(|_| FileKey::random(&mut entropy)).collect();
    for (at, key) in keys.iter().enumerate() {
        assert!(!keys[..at].iter().any(|other| other.key() == key.key() || other.iv() == key.iv()));
    }
}

fn document(size: i64, key: &[u8], iv: &[u8]) -> Media {
    let document = types::DecryptedMessageMediaDocument143 {
        thumb: Vec::new().into(),
        thumb_w: 0,
        thumb_h: 0,
        mime_type: String::new(),
        size,
        key: key.into(),
        iv: iv.into(),
        attributes: Vec::new(),
        caption: String::new(),
    };
    document.into()
}

#[test]
fn sc_77_what_does_not_agree_is_not_touched() {
    let key = known();
    let key_fingerprint = key.fingerprint();
    let file = ServerFile { id: 1, access_hash: 2, size: 112, dc_id: 2, key_fingerprint };
    let good = document(100, key.key(), key.iv());
    assert_eq!(check(&good, &file), Ok(Checked { key: key.clone(), size: 100 }));
    for (size, good) in [(99, false), (100, true), (115, true), (116, false), (-1, false)] {
        let checked = check(&document(100, key.key(), key.iv()), &ServerFile { size, ..file });
        let wrong = FileError::EncryptedSize { size: 100, encrypted: size };
        assert_eq!(checked.map(|_| ()), if good { Ok(()) } else { Err(wrong) });
    }
    for size in [0, -1, i64::MIN, MAX_FILE + 1, i64::MAX] {
        let media = document(size, key.key(), key.iv());
        assert_eq!(check(&media, &file), Err(FileError::Size { size }));
    }
    for length in [0, 31, 33, 64] {
        for (media_key, iv) in [(vec![0; length], vec![0; 32]), (vec![0; 32], vec![0; length])] {
            let checked = check(&document(100, &media_key, &iv), &file);
            assert_eq!(checked, Err(FileError::KeyLength));
        }
    }
    for bit in 0..32 {
        let key_fingerprint = key_fingerprint ^ (1 << bit);
        let checked = check(&good, &ServerFile { key_fingerprint, ..file });
        assert_eq!(checked, Err(FileError::Fingerprint));
    }
    for dc_id in [0, -2, 101, 203, 1_000, i32::MIN, i32::MAX] {
        let checked = check(&good, &ServerFile { dc_id, ..file });
        assert_eq!(checked, Err(FileError::DataCentre { dc_id }));
    }
    assert_eq!(check(&Media::DecryptedMessageMediaEmpty8, &file), Err(FileError::None));
}
