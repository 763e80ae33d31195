//! `channels.*`: supergroups and broadcast channels.

mod log;
mod members;
mod messages;
mod send_as;
mod settings;

use crate::methods::Registry;
pub(super) use messages::shown;

pub(super) fn install(registry: &mut Registry<'_>) {
    log::install(registry);
    members::install(registry);
    messages::install(registry);
    send_as::install(registry);
    settings::install(registry);
}
