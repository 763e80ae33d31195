//! The same work through telewire ([`ours`]) and through grammers ([`theirs`]), function by function.
//!
//! `./measure` runs and compares them. What both get is in [`input`].

pub mod input;
pub mod ours;
pub mod theirs;

/// What can go wrong is a fault of the comparison, and only shown.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[cfg(test)]
mod tests {
    use super::*;

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
}
