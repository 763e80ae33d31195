//! Who is meant by what a person writes. Source of links: <https://core.telegram.org/api/links>, of ids as bots have them:
//! <https://core.telegram.org/api/bots/ids>.

use crate::client::peers::{PeerError, PeerRef};
use crate::updates::PeerId;

/// Letters of a username: bots that came early have three, and nobody has so many, with room to spare.
const NAME: std::ops::RangeInclusive<usize> = 3..=64;

/// A hash of a link is no longer, with room to spare.
const MAX_HASH: usize = 64;

/// The digits of a phone number: E.164 has up to 15, short ones are Telegram's own.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=15;

/// What follows the host in links that lead to no peer.
const OTHER_LINKS: [&str; 28] = [
    "addemoji",
    "addlist",
    "addstickers",
    "addtheme",
    "auction",
    "bg",
    "boost",
    "call",
    "confirmphone",
    "contact",
    "folder",
    "giftcode",
    "invoice",
    "iv",
    "joinchat",
    "login",
    "m",
    "msg",
    "newbot",
    "nft",
    "oauth",
    "passport",
    "proxy",
    "setlanguage",
    "share",
    "socks",
    "stargift",
    "web",
];

/// The ids of channels as bots have them begin below this.
const CHANNELS: i64 = -1_000_000_000_000;

/// The numbers of channels, in the two ranges that leave room for secret chats among the ids.
fn is_channel(number: i64) -> bool {
    (1..=997_852_516_352).contains(&number)
        || (1_002_147_483_649..=3_000_000_000_000).contains(&number)
}

pub(super) fn of_number(id: i64) -> Option<PeerId> {
    match id {
        1.. => Some(PeerId::User(id)),
        0 => None,
        id if id > CHANNELS => Some(PeerId::Chat(id.checked_neg()?)),
        id => {
            let number = CHANNELS.checked_sub(id)?;
            is_channel(number).then_some(PeerId::Channel(number))
        }
    }
}

pub(super) fn read(written: &str) -> Result<PeerRef, PeerError> {
    let word = written.trim();
    let unreadable = || PeerError::Unreadable { written: written.to_owned() };
    if word.eq_ignore_ascii_case("me") || word.eq_ignore_ascii_case("self") {
        return Ok(PeerRef::Me);
    }
    if let Some(query) = after(word, "tg://").or_else(|| after(word, "tg:")) {
        return own_scheme(query).unwrap_or_else(|| Err(not_a_peer(written)));
    }
    if let Some(path) = path_of(word) {
        return in_path(&path).unwrap_or_else(|| Err(not_a_peer(written)));
    }
    if word.starts_with('+') {
        return phone(word).ok_or_else(unreadable);
    }
    if let Some((kind, number)) = word.split_once('#') {
        let number = number.strip_prefix("id").unwrap_or(number).parse().ok();
        let number = number.filter(|number: &i64| *number > 0).ok_or_else(unreadable)?;
        return Ok(PeerRef::Id(match kind {
            "user" => PeerId::User(number),
            "chat" => PeerId::Chat(number),
            "channel" => PeerId::Channel(number),
            _ => return Err(unreadable()),
        }));
    }
    if let Ok(number) = word.parse() {
        return of_number(number).map(PeerRef::Id).ok_or_else(unreadable);
    }
    name(word).ok_or_else(unreadable)
}

fn not_a_peer(written: &str) -> PeerError {
    PeerError::NotAPeer { link: written.trim().to_owned() }
}

/// What follows a beginning, in whichever case that is.
fn after<'a>(word: &'a str, start: &str) -> Option<&'a str> {
    let head = word.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| word.get(start.len()..)).flatten()
}

/// A username, with or without its `@`.
fn name(word: &str) -> Option<PeerRef> {
    let name = word.strip_prefix('@').unwrap_or(word);
    let is_name = NAME.contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    is_name.then(|| PeerRef::Username(name.to_owned()))
}

/// A phone number, however its digits are grouped.
fn phone(word: &str) -> Option<PeerRef> {
    let is_between = |char| matches!(char, ' ' | '-' | '(' | ')' | '.' | '\u{a0}');
    let digits: String =
        word.strip_prefix('+')?.chars().filter(|char| !is_between(*char)).collect();
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && PHONE_DIGITS.contains(&digits.len())).then_some(PeerRef::Phone(digits))
}

/// The parts of the path of a web link of Telegram's.
fn path_of(word: &str) -> Option<Vec<&str>> {
    let link = after(word, "https://").or_else(|| after(word, "http://"));
    let rest = link.unwrap_or(word);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let mut parts = rest.get(..end)?.split('/');
    let host = parts.next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = parts.filter(|part| !part.is_empty());
    match host {
        "t.me" | "telegram.me" | "telegram.dog" => Some(path.collect()),
        // https://name.t.me
        _ => {
            let name = host.strip_suffix(".t.me")?;
            rest.get(..name.len()).map(|name| [name].into_iter().chain(path).collect())
        }
    }
}

/// `None` for what leads elsewhere.
fn in_path(path: &[&str]) -> Option<Result<PeerRef, PeerError>> {
    let peer = match *path {
        ["c", channel, ..] => {
            PeerRef::Id(PeerId::Channel(channel.parse().ok().filter(|id| *id > 0)?))
        }
        ["joinchat", hash] => invite(hash)?,
        ["s", named, ..] => name(named)?,
        [first, ..] if first.starts_with('+') => match phone(first) {
            Some(phone) => phone,
            None => invite(first.strip_prefix('+')?)?,
        },
        [first, ..] if OTHER_LINKS.contains(&first.to_ascii_lowercase().as_str()) => return None,
        [named, ..] => name(named)?,
        [] => return None,
    };
    Some(Ok(peer))
}

/// A hash has letters of base64 for links.
fn invite(hash: &str) -> Option<PeerRef> {
    let is_hash = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    let is_one = !hash.is_empty() && hash.len() <= MAX_HASH && hash.chars().all(is_hash);
    is_one.then(|| PeerRef::Invite(hash.to_owned()))
}

/// `tg://…`
fn own_scheme(rest: &str) -> Option<Result<PeerRef, PeerError>> {
    let (method, query) = rest.split_once('?')?;
    let value = |key: &str| {
        let mut all = form_urlencoded::parse(query.as_bytes());
        all.find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
    };
    let id = |key: &str| value(key)?.parse().ok().filter(|id: &i64| *id > 0);
    let peer = match method.trim_end_matches('/') {
        "resolve" => match value("domain") {
            Some(domain) => name(&domain)?,
            None => {
                let number = value("phone")?;
                phone(&format!("+{}", number.trim().trim_start_matches('+')))?
            }
        },
        "join" => invite(&value("invite")?)?,
        "privatepost" => PeerRef::Id(PeerId::Channel(id("channel")?)),
        "user" => PeerRef::Id(PeerId::User(id("id")?)),
        "openmessage" => PeerRef::Id(match id("user_id") {
            Some(user) => PeerId::User(user),
            None => PeerId::Chat(id("chat_id")?),
        }),
        _ => return None,
    };
    Some(Ok(peer))
}

/// The hash of a link into a group or channel, or of nothing but the hash.
pub(in crate::client) fn invite_hash(written: &str) -> Option<String> {
    match read(written) {
        Ok(PeerRef::Invite(hash)) => Some(hash),
        Ok(PeerRef::Username(_)) | Err(PeerError::Unreadable { .. }) => {
            match invite(written.trim())? {
                PeerRef::Invite(hash) => Some(hash),
                _ => None,
            }
        }
        _ => None,
    }
}
