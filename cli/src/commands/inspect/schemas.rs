//! The schemas to read by.

use std::path::PathBuf;

use telewire::schema::{API_JSON, MTPROTO_JSON, WRAPPERS_JSON};
use telewire_codegen::ir::Schema;
use telewire_codegen::{Error, Exceptions, Lock};

use crate::failure::Failure;
use crate::schema_file;

/// Reads the schemas of these files; without one, gives Telegram's.
pub(super) fn load(
    paths: &[PathBuf],
    exceptions: Option<&Exceptions>,
) -> Result<Vec<Schema>, Failure> {
    let lock = Lock::default();
    if paths.is_empty() {
        let parse = |text| schema_file::resolve(&schema_file::parse(text, None)?, &lock, None);
        let schemas = [MTPROTO_JSON, API_JSON, WRAPPERS_JSON].into_iter().map(parse);
        let schemas: Result<_, Error> = schemas.collect();
        return schemas.map_err(|error| Failure::Input(format!("schema: {error}")));
    }
    let read = |path: &PathBuf| {
        schema_file::resolved(path, &schema_file::raw(path, exceptions)?, &lock, exceptions)
    };
    paths.iter().map(read).collect()
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
