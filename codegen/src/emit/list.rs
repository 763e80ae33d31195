//! The paths of what is emitted, for code that goes through all of it.

use crate::emit::paths;
use crate::ir::{Name, Schema};

/// The path of each struct in the module of the schema, as Rust writes it: `types::Pong`, `functions::messages::SendMessage`.
/// A function that carries another has its query's type at the end: `functions::InvokeWithLayer<QUERY>`.
pub fn struct_paths(schema: &Schema, query: &str) -> Vec<String> {
    let constructors = schema.constructors.iter().map(|c| path("types", &c.name));
    let functions = schema.functions.iter().map(|f| {
        let arguments = if f.body.is_generic() { format!("<{query}>") } else { String::new() };
        path("functions", &f.name) + &arguments
    });
    constructors.chain(functions).collect()
}

/// The path of each enum in the module of the schema: `enums::Message`.
pub fn enum_paths(schema: &Schema) -> Vec<String> {
    schema.types.iter().filter(|ty| ty.is_enum()).map(|ty| path("enums", &ty.name)).collect()
}

fn path(module: &str, name: &Name) -> String {
    paths::in_module(module, name, 0).to_string().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exceptions::Exceptions;
    use crate::{resolve, tl_text};

    #[test]
    fn each_struct_has_its_path() {
        let text = "pong = Pong; yes = self.Is; no = self.Is; self.y = self.Y; type.x = type.X;\n---functions---\na.run {X:Type} query:!X = X;";
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let paths = struct_paths(&schema, "Q");
        assert_eq!(
            paths,
            [
                "types::Pong",
                "types::Yes",
                "types::No",
                "types::self_::Y",
                "types::r#type::X",
                "functions::a::Run<Q>"
            ]
        );
        assert_eq!(enum_paths(&schema), ["enums::self_::Is"]);
    }
}
