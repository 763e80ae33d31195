//! The schemas to read by.

use std::path::PathBuf;

use telewire::schema::{API_JSON, HISTORY_TL, MTPROTO_JSON, WRAPPERS_JSON};
use telewire_codegen::ir::Schema;
use telewire_codegen::layers::Layers;
use telewire_codegen::{Exceptions, Lock};

use crate::failure::Failure;
use crate::schema_file;

/// Reads the schemas of these files; without one, gives Telegram's.
pub(super) fn load(
    paths: &[PathBuf],
    exceptions: Option<&Exceptions>,
) -> Result<Vec<Schema>, Failure> {
    let lock = Lock::default();
    if paths.is_empty() {
        return [MTPROTO_JSON, API_JSON, WRAPPERS_JSON].into_iter().map(telegrams).collect();
    }
    let read = |path: &PathBuf| {
        schema_file::resolved(path, &schema_file::raw(path, exceptions)?, &lock, exceptions)
    };
    paths.iter().map(read).collect()
}

/// The protocol's own schema, which stands beside the one of a layer.
pub(super) fn protocol() -> Result<Schema, Failure> {
    telegrams(MTPROTO_JSON)
}

fn telegrams(text: &str) -> Result<Schema, Failure> {
    let schema = schema_file::parse(text, None);
    let schema = schema.and_then(|raw| schema_file::resolve(&raw, &Lock::default(), None));
    schema.map_err(|error| Failure::Input(format!("schema: {error}")))
}

/// The layers of the API that can be asked for.
pub(super) fn layers() -> Result<Layers<'static>, Failure> {
    Layers::parse(HISTORY_TL).map_err(|error| Failure::Input(format!("schema: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_schemas_are_at_hand() {
        let schemas = load(&[], None).unwrap();
        assert_eq!(schemas.len(), 3);
        assert!(schemas.iter().map(|s| s.constructors.len()).sum::<usize>() > 1_500);
    }
}
