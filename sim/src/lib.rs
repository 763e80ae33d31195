//! Hostile schedules: the client, a network and the data centre in one process, on a virtual clock, everything from one
//! seed. An [`oracle`] watches what the client promises.
//!
//! | promise | what is watched |
//! | --- | --- |
//! | P1 | every request that was accepted ends exactly once |
//! | P2 | none runs twice that must not, by a counter in the data centre; what is said of a request is so |
//! | P3 | each update arrives once, or it is said that some may be missing |
//! | P4 | no more is held than is open, and no storm of packets is sent |
//! | P5 | after the last step everything ends within a bounded time |
//!
//! Three simulations of their own stand beside it: [`updates`] (the engine against the testkit's world), [`files`] (transfers, with
//! a program that is killed) and [`mod@secret`] (both ends of a secret chat).

pub mod api;
pub mod case;
pub mod client;
pub mod dice;
pub mod envelope;
pub mod fault;
pub mod files;
pub mod keys;
pub mod minimise;
pub mod oracle;
pub mod other;
pub mod outcome;
pub mod peek;
pub mod pipe;
pub mod plan;
pub mod rogue;
pub mod run;
pub mod schedules;
pub mod secret;
pub mod tables;
pub mod updates;
pub mod watch;
pub mod wire;
pub mod world;

#[cfg(test)]
mod tests;
