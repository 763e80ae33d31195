//! Where Telegram's data centres are.
//!
//! Source: `default_dc_options` in `td/telegram/net/ConnectionCreator.cpp` of <https://github.com/tdlib/td>. A client asks
//! for others later (`help.getConfig`); these are what it begins with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::ids::DcId;

/// The port of all of them; 80 and 5222 answer too.
pub const PORT: u16 = 443;

/// The addresses of a data centre, IPv4 first; none if it is not built in.
#[must_use]
pub fn of(dc: DcId) -> Vec<SocketAddr> {
    let addresses: &[IpAddr] = match (dc.is_media, dc.is_test, dc.number) {
        (false, false, 1) => &[v4(149, 154, 175, 50), v6([0x2001, 0xb28, 0xf23d, 0xf001, 0xa])],
        (false, false, 2) => {
            &[v4(149, 154, 167, 51), v4(95, 161, 76, 100), v6([0x2001, 0x67c, 0x4e8, 0xf002, 0xa])]
        }
        (false, false, 3) => &[v4(149, 154, 175, 100), v6([0x2001, 0xb28, 0xf23d, 0xf003, 0xa])],
        (false, false, 4) => &[v4(149, 154, 167, 91), v6([0x2001, 0x67c, 0x4e8, 0xf004, 0xa])],
        (false, false, 5) => &[v4(149, 154, 171, 5), v6([0x2001, 0xb28, 0xf23f, 0xf005, 0xa])],
        (false, true, 1) => &[v4(149, 154, 175, 10), v6([0x2001, 0xb28, 0xf23d, 0xf001, 0xe])],
        (false, true, 2) => &[v4(149, 154, 167, 40), v6([0x2001, 0x67c, 0x4e8, 0xf002, 0xe])],
        (false, true, 3) => &[v4(149, 154, 175, 117), v6([0x2001, 0xb28, 0xf23d, 0xf003, 0xe])],
        _ => &[],
    };
    addresses.iter().map(|address| SocketAddr::new(*address, PORT)).collect()
}

/// The data centre that has an address, if it is one of these.
#[must_use]
pub fn dc_at(ip: IpAddr) -> Option<DcId> {
    let every = (1..=5).flat_map(|number| [DcId::production(number), DcId::test(number)]);
    every.into_iter().find(|dc| of(*dc).iter().any(|address| address.ip() == ip))
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

/// `a:b:c:d::last`
const fn v6([a, b, c, d, last]: [u16; 5]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = include_str!("../../tests/vectors/samples-auth-key.json");

    #[test]
    fn the_addresses_are_those_of_the_vectors() {
        let known: serde_json::Value = serde_json::from_str(KNOWN).unwrap();
        for (environment, is_test) in [("production", false), ("test", true)] {
            let known = known["dc_addresses"][environment].as_object().unwrap();
            for number in 0..100 {
                let dc = DcId { number, is_test, is_media: false };
                let expected: Vec<SocketAddr> = known
                    .get(&number.to_string())
                    .and_then(|addresses| addresses.as_array())
                    .into_iter()
                    .flatten()
                    .map(|ip| SocketAddr::new(ip.as_str().unwrap().parse().unwrap(), PORT))
                    .collect();
                assert_eq!(of(dc), expected, "{dc}");
            }
        }
    }

    #[test]
    fn a_data_centre_is_found_by_each_of_its_addresses() {
        for dc in (1..=5).flat_map(|number| [DcId::production(number), DcId::test(number)]) {
            for address in of(dc) {
                assert_eq!(dc_at(address.ip()), Some(dc));
            }
        }
        assert_eq!(dc_at(Ipv4Addr::LOCALHOST.into()), None);
    }
}
