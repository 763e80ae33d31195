//! Links by which somebody is found for a while, who may have neither a username nor a number that is known:
//! <https://core.telegram.org/api/links#temporary-profile-links>.

use crate::world::State;

/// A link's token, and when it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) token: String,
    pub(crate) expires: i32,
}

/// An hour. Telegram's documentation names no time.
pub(crate) const CARD_LIFETIME: i32 = 3_600;

impl State {
    /// The account's link: the one that it has, or a new one.
    pub(crate) fn card(&mut self, user: i64, date: i32) -> Card {
        if let Some(card) = self.cards.get(&user).filter(|card| card.expires > date) {
            return card.clone();
        }
        let token = format!("{:032x}", u128::from_le_bytes(self.random()));
        let card = Card { token, expires: date.saturating_add(CARD_LIFETIME) };
        self.cards.insert(user, card.clone());
        card
    }

    /// Whose link it is, while it is one.
    pub(crate) fn user_of_card(&self, token: &str, date: i32) -> Option<i64> {
        let mut all = self.cards.iter().filter(|(_, card)| card.expires > date);
        all.find(|(_, card)| card.token == token).map(|(user, _)| *user)
    }
}
