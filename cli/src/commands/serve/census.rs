//! Who is added to a world: each phone number and each bot once.

use std::collections::BTreeSet;

use telewire::ids::DcId;
use telewire_testkit::World;

use crate::failure::Failure;

/// Digits of a phone number, as those who log in are asked for them.
const PHONE_LENGTH: std::ops::RangeInclusive<usize> = 5..=15;

/// Adds people and bots to a world, and refuses those who are there.
pub(super) struct Census<'w> {
    pub(super) world: &'w World,
    tokens: BTreeSet<String>,
}

impl<'w> Census<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self { world, tokens: BTreeSet::new() }
    }

    /// Adds a person; gives their number. `option` says whose wish it is.
    pub(super) fn person(
        &mut self,
        option: &str,
        home: DcId,
        phone: &str,
        name: &str,
    ) -> Result<i64, Failure> {
        if !is_phone(phone) {
            return Err(Failure::Input(format!(
                "{option}: {phone:?} is no phone number, which has 5 to 15 digits"
            )));
        }
        if name.trim().is_empty() {
            return Err(Failure::Input(format!("{option}: the name of {phone} is empty")));
        }
        if self.world.user_by_phone(phone).is_some() {
            return Err(Failure::Input(format!(
                "{option}: the phone number {phone} is there twice"
            )));
        }
        Ok(self.world.add_user(home, phone, name))
    }

    /// Adds a bot; gives its number.
    pub(super) fn bot(
        &mut self,
        option: &str,
        home: DcId,
        token: &str,
        name: &str,
    ) -> Result<i64, Failure> {
        // What is wrong is said without the token.
        if token.is_empty() {
            return Err(Failure::Input(format!("{option}: the token of a bot is empty")));
        }
        if name.trim().is_empty() {
            return Err(Failure::Input(format!("{option}: the name of a bot is empty")));
        }
        let number: Option<i64> = token.split(':').next().and_then(|number| number.parse().ok());
        if number.is_some_and(|number| number <= 0) {
            return Err(Failure::Input(format!(
                "{option}: a bot's token begins with a number above 0, and `:`"
            )));
        }
        let is_taken = number.is_some_and(|number| self.world.person(number).is_some());
        if is_taken || !self.tokens.insert(token.to_owned()) {
            let which = number.map(|number| format!(" of number {number}")).unwrap_or_default();
            return Err(Failure::Input(format!("{option}: the bot{which} is there twice")));
        }
        Ok(self.world.add_bot(home, token, name))
    }
}

/// Digits, and what people put between them.
pub(super) fn is_phone(text: &str) -> bool {
    PHONE_LENGTH.contains(&text.bytes().filter(u8::is_ascii_digit).count())
        && text.chars().all(|c| c.is_ascii_digit() || "+- ()".contains(c))
}

#[cfg(test)]
mod tests {
    use telewire::crypto::SeededEntropy;

    use super::*;

    const TWO: DcId = DcId::production(2);

    #[test]
    fn each_is_there_once_and_can_be_somebody() {
        let world = World::new(SeededEntropy::new(1));
        let mut census = Census::new(&world);
        let ada = census.person("--world", TWO, "+999 66", "Ada").unwrap();
        assert_eq!(world.user_by_phone("99966"), Some(ada));
        census.bot("--world", TWO, "7:a", "Echo").unwrap();
        census.bot("--world", TWO, "a bot of no number", "Echo").unwrap();
        for (phone, name, why) in [
            ("(999) 66", "Bob", "the phone number (999) 66 is there twice"),
            ("1234", "Bob", "\"1234\" is no phone number, which has 5 to 15 digits"),
            (
                "1234567890123456",
                "Bob",
                "\"1234567890123456\" is no phone number, which has 5 to 15 digits",
            ),
            ("99967a", "Bob", "\"99967a\" is no phone number, which has 5 to 15 digits"),
            ("99967", " ", "the name of 99967 is empty"),
        ] {
            let error = census.person("--world", TWO, phone, name).unwrap_err().to_string();
            assert_eq!(error, format!("--world: {why}"));
        }
        for (token, name, why) in [
            ("7:b", "Bob", "the bot of number 7 is there twice"),
            ("a bot of no number", "Bob", "the bot is there twice"),
            ("", "Bob", "the token of a bot is empty"),
            ("8:a", "", "the name of a bot is empty"),
            ("-8:a", "Bob", "a bot's token begins with a number above 0, and `:`"),
        ] {
            let error = census.bot("--bot", TWO, token, name).unwrap_err().to_string();
            assert_eq!(error, format!("--bot: {why}"));
        }
        // Nor is a bot somebody who is a person.
        let error = census.bot("--bot", TWO, &format!("{ada}:a"), "Bob").unwrap_err().to_string();
        assert_eq!(error, format!("--bot: the bot of number {ada} is there twice"));
    }
}
