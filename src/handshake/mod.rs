//! The client's side of [creating an authorization key](https://core.telegram.org/mtproto/auth_key), without I/O.
//!
//! ```text
//!            req_pq_multi ->                      state
//!                              <- resPQ           AwaitResPq      KX-01 to KX-04
//!  (factorise pq)                                 Factorising     KX-05 to KX-07
//!           req_DH_params ->
//!                              <- server_DH_…     AwaitDhParams   KX-09 to KX-15
//!  (test the prime, take two powers)              Computing       KX-13, KX-16
//!    set_client_DH_params ->
//!                              <- dh_gen_…        AwaitDhGen      KX-18, KX-19
//!                 the key                         Finished
//! ```
//!
//! Each state is a struct that holds only what is valid then; a step consumes it. After an error the exchange is over
//! and repeats that error. `dh_gen_retry` leads back to Computing.
//!
//! The module knows `tl::mtproto` and `crypto`; it has no clock, no randomness and no socket of its own.
//!
//! # How to drive it
//!
//! After each `handle_*`, call the `poll_*` methods until they have nothing more. `now` must not go back. A packet is
//! what the framing delivers; [`Work`](crate::work::Work) may run anywhere and comes back by
//! [`handle_work`](Handshake::handle_work). One exchange is good for one connection: when that breaks, begin anew, since
//! no nonce may be used twice (KX-02).

mod config;
mod dh_gen;
mod dh_params;
mod error;
mod machine;
mod outcome;
mod plain;
mod res_pq;
mod state;
mod step;
#[cfg(test)]
mod tests;

pub use config::{Config, Lifetime};
pub use error::{Error, Stage};
pub use machine::Handshake;
pub use outcome::Outcome;
pub use step::Step;
