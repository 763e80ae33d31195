//! The same work through telewire ([`ours`]) and through grammers ([`theirs`]), function by function.
//!
//! `./measure` runs and compares them. What both get is in [`input`], or comes from a [`server`].

pub mod input;
pub mod ours;
pub mod server;
pub mod theirs;

/// What can go wrong is a fault of the comparison, and only shown.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{Client, FILE, Received, Server, UPDATES};

    #[test]
    fn both_read_the_same_values_and_write_the_bytes_back() -> Result<()> {
        assert_eq!(ours::to_bytes(&ours::decode(input::MESSAGES)?), input::MESSAGES);
        assert_eq!(theirs::to_bytes(&theirs::decode(input::MESSAGES)?), input::MESSAGES);
        assert_eq!(
            ours::decode_res_pq(input::RES_PQ)?.pq[..],
            theirs::decode_res_pq(input::RES_PQ)?.pq
        );
        Ok(())
    }

    #[test]
    fn both_find_the_same_factors() -> Result<()> {
        for pq in input::PQS {
            assert_eq!(ours::factorize(pq)?, theirs::factorize(pq));
        }
        Ok(())
    }

    #[test]
    fn each_opens_a_packet_of_16_kib_and_the_same() -> Result<()> {
        let packet = input::server_packet();
        let (mut left, mut right) = (packet.clone(), packet);
        assert_eq!(ours::decrypt(&ours::key(), &mut left)?, input::plaintext());
        assert_eq!(theirs::decrypt(&theirs::key(), &mut right)?, input::plaintext());
        Ok(())
    }

    #[test]
    fn each_seals_a_packet() -> Result<()> {
        let mut packet = Vec::new();
        ours::encrypt(&ours::key(), &input::plaintext(), &mut packet)?;
        let mut buffer = theirs::buffer();
        theirs::encrypt(&theirs::key(), &input::plaintext(), &mut buffer);
        assert_eq!((packet.len(), &packet[..8]), (buffer.len(), &buffer[..8]));
        Ok(())
    }

    #[test]
    fn both_end_the_recorded_exchange_with_the_recorded_key() -> Result<()> {
        let recorded = input::Exchange::recorded()?;
        assert_eq!(ours::Client::new(&recorded)?.exchange(&recorded)?[..], recorded.auth_key);
        assert_eq!(theirs::exchange(&recorded)?[..], recorded.auth_key);
        Ok(())
    }

    #[test]
    fn both_hand_out_every_update_of_their_boxes_once() -> Result<()> {
        let bytes: Vec<_> = (0..500).map(input::update).collect();
        let mut all = bytes.iter().map(|bytes| ours::Boxes::decode(bytes));
        let mut again = bytes.iter().map(|bytes| ours::Boxes::decode(bytes));
        let mut boxes = ours::Boxes::new();
        assert_eq!(boxes.take(all.by_ref().collect::<Result<_>>()?), 500);
        assert_eq!(boxes.take(again.by_ref().collect::<Result<_>>()?), 0);
        let mut all = bytes.iter().map(|bytes| theirs::Boxes::decode(bytes));
        let mut again = bytes.iter().map(|bytes| theirs::Boxes::decode(bytes));
        let mut boxes = theirs::Boxes::new();
        assert_eq!(boxes.take(all.by_ref().collect::<Result<_>>()?), 500);
        assert_eq!(boxes.take(again.by_ref().collect::<Result<_>>()?), 0);
        Ok(())
    }

    /// What a client makes of a pong, a container of updates and a large result, over three rounds.
    fn received(client: &mut impl Client) -> Result<[[Received; 3]; 3]> {
        let mut server = Server::new();
        let mut rounds = [[Received::default(); 3]; 3];
        for [pong, updates, result] in &mut rounds {
            let request = server.open(client.ping()?)?;
            *pong = client.receive(&mut server.pong(request)?)?;
            let mut frame = server::updates(client, &mut server)?;
            *updates = client.receive(&mut frame)?;
            let mut frame = server::result(client, &mut server)?;
            *result = client.receive(&mut frame)?;
        }
        Ok(rounds)
    }

    #[test]
    fn both_take_every_packet_of_a_session_and_hand_out_the_same() -> Result<()> {
        let of_pong = Received { updates: 0, results: 1, bytes: 20 };
        let of_updates = Received { updates: UPDATES, results: 0, bytes: UPDATES * 28 };
        // Two constructors, the time, the length of the bytes.
        let of_result = Received { updates: 0, results: 1, bytes: 4 + 4 + 4 + 4 + FILE };
        let expected = [[of_pong, of_updates, of_result]; 3];
        assert_eq!(received(&mut ours::Session::new()?)?, expected);
        assert_eq!(received(&mut theirs::Session::new())?, expected);
        Ok(())
    }

    #[test]
    fn neither_takes_a_packet_that_was_changed() -> Result<()> {
        fn takes(client: &mut impl Client) -> Result<bool> {
            let mut server = Server::new();
            let mut frame = server::result(client, &mut server)?;
            if let Some(last) = frame.last_mut() {
                *last ^= 1;
            }
            Ok(client.receive(&mut frame).is_ok_and(|received| received != Received::default()))
        }
        assert!(!takes(&mut ours::Session::new()?)?);
        assert!(!takes(&mut theirs::Session::new())?);
        Ok(())
    }
}
