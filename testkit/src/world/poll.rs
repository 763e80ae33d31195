//! Polls: one for all, and each who looks sees what they chose.

use std::collections::{BTreeMap, BTreeSet};

use telewire::rpc::RpcError;
use telewire::tl::Bytes;
use telewire::tl::api::{enums, groups, types};

use crate::world::{Actor, Media, Peer, PostId, State, invalid};

/// A poll.
#[derive(Debug, Clone)]
pub(crate) struct Poll {
    pub(crate) poll: types::Poll,
    /// The right answers of a quiz, by their places.
    correct: Vec<i32>,
    solution: Option<groups::PollResultsSolution>,
    /// Who chose what, by the places of the answers.
    votes: BTreeMap<i64, Vec<usize>>,
    /// The messages that it was sent with: forwarded, it is the same.
    pub(crate) posts: BTreeSet<PostId>,
    pub(crate) author: i64,
}

/// Answers of a poll, as Telegram's limits are.
const ANSWERS: std::ops::RangeInclusive<usize> = 1..=12;
const MAX_QUESTION: usize = 255;
const MAX_ANSWER: usize = 100;

impl State {
    /// A new poll, as a client sends it.
    ///
    /// # Errors
    ///
    /// `POLL_QUESTION_INVALID`, `POLL_ANSWERS_INVALID`, `POLL_ANSWER_INVALID`, `POLL_OPTION_DUPLICATE`, and of quizzes
    /// `QUIZ_CORRECT_ANSWERS_EMPTY`, `QUIZ_CORRECT_ANSWERS_TOO_MUCH`, `QUIZ_CORRECT_ANSWER_INVALID`, `QUIZ_MULTIPLE_INVALID`.
    pub(crate) fn new_poll(
        &mut self,
        actor: Actor,
        request: types::InputMediaPoll,
    ) -> Result<Media, RpcError> {
        let types::InputMediaPoll { mut poll, correct_answers, solution, .. } = request;
        let question = poll.question.text.trim();
        if question.is_empty() || question.chars().count() > MAX_QUESTION {
            return Err(invalid("POLL_QUESTION_INVALID"));
        }
        if !ANSWERS.contains(&poll.answers.len()) {
            return Err(invalid("POLL_ANSWERS_INVALID"));
        }
        let mut answers: Vec<Box<types::PollAnswer>> = Vec::new();
        for (place, answer) in poll.answers.into_iter().enumerate() {
            let answer = match answer {
                enums::PollAnswer::PollAnswer(answer) => answer,
                enums::PollAnswer::InputPollAnswer(answer) => {
                    let option = place.to_string().into_bytes();
                    Box::new(types::PollAnswer::new(answer.text, Bytes::from(option)))
                }
                _ => return Err(invalid("POLL_ANSWER_INVALID")),
            };
            if answer.text.text.trim().is_empty() || answer.text.text.chars().count() > MAX_ANSWER {
                return Err(invalid("POLL_ANSWER_INVALID"));
            }
            if answers.iter().any(|other| other.option == answer.option) {
                return Err(invalid("POLL_OPTION_DUPLICATE"));
            }
            answers.push(answer);
        }
        let solution = solution.map(|solution| groups::PollResultsSolution {
            solution: solution.solution,
            solution_entities: solution.solution_entities,
        });
        let correct = correct_answers.unwrap_or_default();
        if poll.quiz {
            let is_there = |place: &i32| usize::try_from(*place).is_ok_and(|at| at < answers.len());
            match correct.as_slice() {
                _ if poll.multiple_choice => return Err(invalid("QUIZ_MULTIPLE_INVALID")),
                [] => return Err(invalid("QUIZ_CORRECT_ANSWERS_EMPTY")),
                [one] if is_there(one) => {}
                [_] => return Err(invalid("QUIZ_CORRECT_ANSWER_INVALID")),
                _ => return Err(invalid("QUIZ_CORRECT_ANSWERS_TOO_MUCH")),
            }
        }
        poll.answers = answers.into_iter().map(|answer| (*answer).into()).collect();
        poll.id = i64::from_le_bytes(self.random());
        let id = poll.id;
        let author = actor.user;
        let votes = BTreeMap::new();
        let poll = Poll { poll, correct, solution, votes, posts: BTreeSet::new(), author };
        self.polls.insert(id, poll);
        Ok(Media::Poll(id))
    }

    /// Chooses answers of a poll, or takes the choice back with none. All who have it hear how it stands.
    ///
    /// # Errors
    ///
    /// `MESSAGE_POLL_CLOSED`, `OPTION_INVALID`, `OPTIONS_TOO_MUCH`, `REVOTE_NOT_ALLOWED` of a quiz that is answered.
    pub(crate) fn vote(
        &mut self,
        id: i64,
        options: &[Bytes],
        actor: Actor,
    ) -> Result<(), RpcError> {
        let poll = self.polls.get(&id).ok_or_else(|| invalid("MESSAGE_ID_INVALID"))?;
        if poll.poll.closed {
            return Err(invalid("MESSAGE_POLL_CLOSED"));
        }
        if options.len() > 1 && !poll.poll.multiple_choice {
            return Err(invalid("OPTIONS_TOO_MUCH"));
        }
        let is_final = poll.poll.quiz || poll.poll.revoting_disabled;
        if is_final && poll.votes.contains_key(&actor.user) {
            return Err(invalid("REVOTE_NOT_ALLOWED"));
        }
        let mut chosen = Vec::new();
        for option in options {
            let place = poll.options().position(|other| other == option);
            chosen.push(place.ok_or_else(|| invalid("OPTION_INVALID"))?);
        }
        chosen.sort_unstable();
        chosen.dedup();
        self.change_poll(id, actor, |poll| {
            if chosen.is_empty() {
                poll.votes.remove(&actor.user);
            } else {
                poll.votes.insert(actor.user, chosen);
            }
        });
        Ok(())
    }

    /// Nobody can choose any more.
    pub(crate) fn close_poll(&mut self, id: i64, actor: Actor) {
        self.change_poll(id, actor, |poll| poll.poll.closed = true);
    }

    /// A poll stands otherwise; all who have it hear how, each once. Its messages are as they were for whoever sends them again (UM-11).
    fn change_poll(&mut self, id: i64, actor: Actor, change: impl FnOnce(&mut Poll)) {
        let posts = self.polls.get(&id).map(|poll| poll.posts.clone()).unwrap_or_default();
        let mut who = BTreeSet::new();
        for post in posts {
            self.keep_first(post);
            for (owner, _) in self.copies(post) {
                match owner {
                    Peer::User(user) => who.extend([user]),
                    Peer::Channel(id) => {
                        let members = self.channels.channel(id).map(|all| all.members.keys());
                        who.extend(members.into_iter().flatten());
                    }
                    Peer::Chat(_) => {}
                }
            }
        }
        let _ = self.polls.get_mut(&id).map(change);
        for user in who {
            let Some(poll) = self.polls.get(&id) else { continue };
            let update = poll.update(user);
            self.tell_all(user, actor, |_| update.clone().into());
        }
    }
}

impl Poll {
    fn options(&self) -> impl Iterator<Item = &Bytes> {
        self.poll.answers.iter().filter_map(|answer| match answer {
            enums::PollAnswer::PollAnswer(answer) => Some(&answer.option),
            _ => None,
        })
    }

    /// As somebody sees it.
    pub(crate) fn media(&self, viewer: i64) -> types::MessageMediaPoll {
        let poll = types::Poll { creator: viewer == self.author, ..self.poll.clone() };
        types::MessageMediaPoll {
            poll,
            results: Box::new(self.results(viewer)),
            attached_media: None,
        }
    }

    pub(crate) fn update(&self, viewer: i64) -> types::UpdateMessagePoll {
        let types::MessageMediaPoll { poll, results, .. } = self.media(viewer);
        let poll_id = poll.id;
        types::UpdateMessagePoll {
            poll: Some(Box::new(poll)),
            ..types::UpdateMessagePoll::new(poll_id, *results)
        }
    }

    /// How it stands: what the others chose is seen by whoever chose, or when it is closed.
    fn results(&self, viewer: i64) -> types::PollResults {
        let mine = self.votes.get(&viewer);
        let is_seen = mine.is_some() || self.poll.closed;
        let total = i32::try_from(self.votes.len()).unwrap_or(i32::MAX);
        let counted = self.options().enumerate().map(|(place, option)| {
            let count = self.votes.values().filter(|chosen| chosen.contains(&place)).count();
            let is_right = self.correct.iter().any(|right| usize::try_from(*right) == Ok(place));
            types::PollAnswerVoters {
                chosen: mine.is_some_and(|chosen| chosen.contains(&place)),
                correct: self.poll.quiz && is_right,
                voters: Some(groups::PollAnswerVotersVoters {
                    voters: i32::try_from(count).unwrap_or(i32::MAX),
                    recent_voters: Vec::new(),
                }),
                ..types::PollAnswerVoters::new(option.clone())
            }
        });
        types::PollResults {
            results: is_seen.then(|| counted.collect()),
            total_voters: Some(total),
            solution: self.solution.clone().filter(|_| is_seen).map(Box::new),
            ..types::PollResults::new()
        }
    }
}
