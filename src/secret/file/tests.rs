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
    known().cipher(real()).encrypt(&mut data).unwrap();
    assert_eq!(hex::encode(data), vectors::secret("file.encrypted"));
}

#[test]
fn sc_76_parts_in_their_order_are_the_file_as_a_whole() {
    let mut entropy = SeededEntropy::new(1);
    let key = FileKey::random(&mut entropy);
    let plain: Vec<u8> = (0..=255).cycle().take(16 * 40).collect();
    let mut whole = plain.clone();
    key.cipher(real()).encrypt(&mut whole).unwrap();
    for part in [16, 48, 160, 16 * 40] {
        let mut parts = plain.clone();
        let mut cipher = key.cipher(real());
        parts.chunks_mut(part).for_each(|part| cipher.encrypt(part).unwrap());
        assert_eq!(parts, whole);
        let mut cipher = key.cipher(real());
        parts.chunks_mut(part).for_each(|part| cipher.decrypt(part).unwrap());
        assert_eq!(parts, plain);
    }
    let mut cipher = key.cipher(real());
    assert_eq!(cipher.encrypt(&mut [0; 17]), Err(SuiteError::NotBlocks));
    assert_eq!(cipher.decrypt(&mut [0; 15]), Err(SuiteError::NotBlocks));
    let mut again = plain;
    cipher.encrypt(&mut again).unwrap();
    assert_eq!(again, whole);
    // Each file has a key of its own.
    assert_ne!(FileKey::random(&mut entropy), key);
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
    for dc_id in [0, -2, 1_000, i32::MIN, i32::MAX] {
        let checked = check(&good, &ServerFile { dc_id, ..file });
        assert_eq!(checked, Err(FileError::DataCentre { dc_id }));
    }
    assert_eq!(check(&Media::DecryptedMessageMediaEmpty8, &file), Err(FileError::None));
}

#[test]
fn sc_78_names_are_safe() {
    for (name, safe) in [
        ("photo.jpg", "photo.jpg"),
        ("Übersicht 1.pdf", "Übersicht 1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\cmd.exe", "cmd.exe"),
        ("a:b", "b"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        (".bashrc", "bashrc"),
        ("photo\u{202e}gpj.exe", "photogpj.exe"),
        ("a\0b\n\r\u{1b}[2J.txt", "ab[2J.txt"),
        ("\u{2066}a\u{2069}\u{200b}.txt", "a.txt"),
    ] {
        assert_eq!(safe_name(name), safe, "{name:?}");
    }
    let long = safe_name(&"ä".repeat(1_000));
    assert!(long.len() <= 240 && long.chars().all(|c| c == 'ä'));
}
