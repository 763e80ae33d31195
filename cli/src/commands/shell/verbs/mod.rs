//! What the commands do: a file for each subject, with its part of the table.

pub(super) mod call;
pub(super) mod channels;
pub(super) mod dialogs;
pub(super) mod files;
pub(super) mod groups;
pub(super) mod own;
mod password;
pub(super) mod secret;
pub(super) mod text;
pub(super) mod tool;
pub(super) mod users;
