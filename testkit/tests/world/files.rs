//! A file over sockets, from one client to another, and from another data centre.

use telewire::client::{InvokeOptions, Purpose};
use telewire::crypto::RsaPublicKey;
use telewire::tl::api::functions::help::GetCdnConfig;
use telewire::tl::api::functions::messages::SendMedia;
use telewire::tl::api::functions::upload::{GetFile, SaveBigFilePart};

use super::*;

const PART: usize = 512 * 1024;

/// Three mebibytes without a pattern, and a few bytes more.
fn content() -> Vec<u8> {
    let mut number = 1_u32;
    let next = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        number.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(3 * 1024 * 1024 + 77).collect()
}

async fn heard(updates: &mut Updates) -> types::Document {
    loop {
        let update = updates.next().await.unwrap().expect("the client was closed");
        let Some(enums::Message::Message(message)) = update.new_message() else { continue };
        let Some(enums::MessageMedia::MessageMediaDocument(media)) = &message.media else {
            panic!("{message:?}")
        };
        let Some(enums::Document::Document(document)) = &media.document else { panic!() };
        return (**document).clone();
    }
}

async fn download(client: &Client, document: &types::Document) -> Vec<u8> {
    let types::Document { id, access_hash, file_reference, .. } = document.clone();
    let thumb_size = String::new();
    let location = types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size };
    let mut all = Vec::new();
    while i64::try_from(all.len()).unwrap() < document.size {
        let offset = all.len().try_into().unwrap();
        let request = GetFile::new(location.clone().into(), offset, 1_048_576);
        let part = patient(client.invoke(&request)).await.unwrap();
        let enums::upload::File::File(part) = part else { panic!() };
        all.extend_from_slice(&part.bytes);
    }
    all
}

#[tokio::test]
async fn a_file_goes_up_at_one_client_and_down_at_another() {
    let world = patient(World::start()).await.unwrap();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    world.set_username(bob.id(), "babbage").unwrap();
    let adas = patient(world.log_in(&ada)).await.unwrap();
    let bobs = patient(world.log_in(&bob)).await.unwrap();
    let mut updates = bobs.updates();
    let all = content();
    let parts = i32::try_from(all.len().div_ceil(PART)).unwrap();
    for (number, part) in (0..).zip(all.chunks(PART)) {
        let (file_id, file_total_parts, bytes) = (7, parts, part.into());
        let part = SaveBigFilePart { file_id, file_part: number, file_total_parts, bytes };
        assert!(patient(adas.invoke(&part)).await.unwrap());
    }
    let file = types::InputFileBig { id: 7, parts, name: "numbers.bin".into() };
    let media =
        types::InputMediaUploadedDocument::new(file.into(), "application/x-numbers".into(), vec![]);
    let peer = find(&adas, "babbage").await;
    let request = SendMedia::new(peer, media.into(), "numbers".into(), 1);
    patient(adas.invoke(&request)).await.unwrap();
    let got = patient(heard(&mut updates)).await;
    assert_eq!(got.size, i64::try_from(all.len()).unwrap());
    assert!(download(&bobs, &got).await == all);
    assert!(world.file(got.id).unwrap() == all);
    let counts = world.counts();
    assert_eq!((counts.bytes_up, counts.bytes_down), (all.len() as u64, all.len() as u64));
}

#[tokio::test]
async fn fi_34_a_file_of_another_data_centre_is_had_there_by_the_same_login() {
    let (two, four) = (DcId::production(2), DcId::production(4));
    let world = patient(World::builder().data_centres(&[two, four]).start()).await.unwrap();
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    let bobs = patient(world.log_in(&bob)).await.unwrap();
    let mut updates = bobs.updates();
    let all = content();
    let file = world.put_file(four, "far.bin", "application/x-far", all.clone());
    let unix = Duration::from_secs(now().try_into().unwrap());
    world.send_file(ada.id(), bob.id(), file, "far", unix).unwrap();
    let got = patient(heard(&mut updates)).await;
    assert_eq!((got.id, got.dc_id), (file, 4));
    // Sent there by FILE_MIGRATE_4, and there from the begin.
    let purpose = Purpose::Download;
    let there = InvokeOptions { purpose, dc: Some(four), ..InvokeOptions::default() };
    for client in [bobs.clone(), bobs.with_options(there)] {
        assert!(download(&client, &got).await == all);
    }
    assert!(world.logins(bob.id()).iter().any(|(dc, _)| *dc == four));
}

#[tokio::test]
async fn a_cdn_is_served_with_a_key_of_its_own_that_is_told() {
    let (two, cdn) = (DcId::production(2), DcId::production(203));
    let world = patient(World::builder().data_centres(&[two, cdn]).start()).await.unwrap();
    let ada = world.user("Ada");
    let client = patient(world.log_in(&ada)).await.unwrap();
    let told = patient(client.invoke(&GetCdnConfig {})).await.unwrap();
    let [key] = told.public_keys.as_slice() else { panic!("{told:?}") };
    assert_eq!(key.dc_id, 203);
    let key = RsaPublicKey::from_pem(&key.public_key).unwrap();
    assert_ne!(key.fingerprint(), world.key().fingerprint());
    assert!(world.addr_of(cdn).is_some());
}
