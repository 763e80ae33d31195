//! The server's side of [creating an authorization key](https://core.telegram.org/mtproto/auth_key), without I/O.
//!
//! ```text
//!   client                                       state
//!   req_pq, req_pq_multi ->                      AwaitReqPq
//!                             <- resPQ           AwaitReqDh
//!   req_DH_params ->           (RSA, g^a)        Unsealing
//!                             <- server_DH_…     AwaitSetDh
//!   set_client_DH_params ->    (g_b^a)           Computing
//!                                                Candidate    the owner decides: ok, retry or fail
//!                             <- dh_gen_…
//! ```
//!
//! Every check has its own error; what the client gets to see for any of them is the transport error -404 (KX-09).

mod error;
mod machine;
mod params;
mod pq;
#[cfg(test)]
pub(super) mod tests;
mod verdict;

pub use error::Error;
pub use machine::{Config, Established, Exchange};
