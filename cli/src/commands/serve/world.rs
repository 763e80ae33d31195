//! A world that a file tells of: `--world`. `example.toml` says what may be in it.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use telewire::ids::DcId;
use telewire_testkit::World;

use super::Args;
use super::census::Census;
use crate::failure::Failure;
use crate::files;

/// What `--example-world` prints.
pub(super) const EXAMPLE: &str = include_str!("example.toml");

/// The largest file: of a million short messages.
const MAX_FILE: u64 = 64 << 20;

/// All that may be in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    person: Vec<Person>,
    #[serde(default)]
    bot: Vec<Bot>,
    #[serde(default)]
    message: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    phone: String,
    name: String,
    #[serde(default)]
    last_name: String,
    username: Option<String>,
    #[serde(default)]
    about: String,
    password: Option<String>,
    dc: Option<u16>,
}

/// The password is not for everybody's eyes.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Person({})", self.phone)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bot {
    token: String,
    name: String,
    username: Option<String>,
    #[serde(default)]
    about: String,
    #[serde(default)]
    commands: Vec<Command>,
    dc: Option<u16>,
}

/// The token is not for everybody's eyes.
impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bot({})", self.name)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    command: String,
    description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    from: String,
    to: String,
    text: String,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path, MAX_FILE).map_err(|error| {
            Failure::Input(format!("--world: cannot read {}: {error}", path.display()))
        })?;
        Self::parse(&text).map_err(|why| Failure::Input(format!("{}: {why}", path.display())))
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    /// Puts all of it into a world; gives the first person.
    pub(super) fn fill(
        &self,
        args: &Args,
        census: &mut Census<'_>,
        unix: Duration,
    ) -> Result<Option<i64>, Failure> {
        let world = census.world;
        let mut first = None;
        let home = |number: Option<u16>| args.home("--world", number);
        for person in &self.person {
            let id = census.person("--world", home(person.dc)?, &person.phone, &person.name)?;
            world.set_profile(id, &person.last_name, &person.about);
            name(world, id, person.username.as_deref())?;
            if person.password.as_deref() == Some("") {
                let why = format!("--world: the password of {} is empty", person.phone);
                return Err(Failure::Input(why));
            }
            if let Some(password) = &person.password {
                world.set_password(id, password, "");
            }
            first = first.or(Some(id));
        }
        for bot in &self.bot {
            let dc: DcId = home(bot.dc)?;
            let id = census.bot("--world", dc, &bot.token, &bot.name)?;
            world.set_profile(id, "", &bot.about);
            name(world, id, bot.username.as_deref())?;
            let commands = bot.commands.iter();
            let commands: Vec<_> =
                commands.map(|one| (one.command.as_str(), one.description.as_str())).collect();
            world.set_commands(id, &commands).map_err(|error| wrong(&bot.name, &error.name))?;
        }
        for message in &self.message {
            let find = |username: &str| {
                let nobody = || Failure::Input(format!("--world: nobody is called {username:?}"));
                world.user_by_username(username.trim_start_matches('@')).ok_or_else(nobody)
            };
            let (from, to) = (find(&message.from)?, find(&message.to)?);
            let said = world.say(from, to, &message.text, unix);
            said.map_err(|error| wrong(&message.text, &error.name))?;
        }
        Ok(first)
    }
}

fn name(world: &World, id: i64, username: Option<&str>) -> Result<(), Failure> {
    let Some(username) = username else { return Ok(()) };
    let named = world.set_username(id, username.trim_start_matches('@'));
    named.map_err(|error| wrong(username, &error.name))
}

fn wrong(what: &str, why: &str) -> Failure {
    Failure::Input(format!("--world: {what:?}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_tells_of_people_bots_and_messages() {
        let file = File::parse(EXAMPLE).unwrap();
        assert_eq!((file.person.len(), file.bot.len(), file.message.len()), (2, 1, 3));
        assert_eq!(format!("{file:?}").matches("engine").count(), 0);
    }

    #[test]
    fn what_is_not_of_a_world_is_refused_with_its_line() {
        for (text, says) in [
            ("[[person]]\nphone = '9'", "missing field `name`"),
            ("[[people]]", "unknown field `people`"),
            ("[[bot]]\nname = 'x'\ntoken = 'y'\nage = 3", "unknown field `age`"),
            ("person = 3", "invalid type"),
            ("[[person", "line 1"),
        ] {
            let error = File::parse(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
