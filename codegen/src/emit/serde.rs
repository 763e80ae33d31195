//! serde's traits: one call of a macro of the runtime for all types, since it goes through their bytes and the table of
//! definitions. Under a feature that is off, this costs next to nothing to build.

use proc_macro2::TokenStream;
use quote::quote;

use crate::Error;
use crate::emit::{Emitter, paths};
use crate::ir::{Body, FieldKind, Name};

/// Whether generated types implement the traits of serde. The runtime must have its feature `serde` then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Serde {
    /// They do not.
    #[default]
    Off,
    /// They do.
    Always,
    /// They do under this feature of the crate that holds the code; it has to turn on `telewire/serde`.
    Feature(String),
}

impl Emitter<'_> {
    /// The calls that implement the traits; they stand in the root of the schema.
    pub(super) fn serde_items(&self) -> Result<Vec<TokenStream>, Error> {
        let feature = match &self.options.serde {
            Serde::Off => return Ok(Vec::new()),
            Serde::Always => None,
            Serde::Feature(feature) => Some(paths::feature(feature, "serde")?),
        };
        let when = feature.map(|feature| quote!(#[cfg(feature = #feature)]));
        // What can be decoded only by a server can be deserialized only by one.
        let server = self.server_feature()?;
        let when_server = match (feature, server) {
            (_, None) => when.clone(),
            (None, Some(server)) => Some(quote!(#[cfg(any(test, feature = #server))])),
            (Some(feature), Some(server)) => {
                Some(quote!(#[cfg(all(feature = #feature, any(test, feature = #server)))]))
            }
        };
        let serde = {
            let tl = &self.paths.tl;
            quote!(#tl::serde)
        };
        let values = self.value_paths();
        let (generic, plain): (Vec<_>, Vec<_>) =
            self.schema.functions.iter().partition(|function| function.body.is_generic());
        let functions = |all: Vec<&crate::ir::Function>| -> Vec<TokenStream> {
            all.iter().map(|f| paths::in_module("functions", &f.name, 0)).collect()
        };
        let (generic, plain) = (functions(generic), functions(plain));
        let groups = self.group_entries();
        let call = |when: &Option<TokenStream>, name: &str, entries: &[TokenStream]| {
            let name = paths::escaped(name);
            (!entries.is_empty()).then(|| quote!(#when #serde::#name! { SCHEMA: #(#entries),* }))
        };
        Ok([
            call(&when, "serialize", &values),
            call(&when, "deserialize", &values),
            call(&when, "groups", &groups),
            call(&when, "serialize", &plain),
            call(&when_server, "deserialize_functions", &plain),
            call(&when, "serialize_generic", &generic),
            call(&when_server, "deserialize_generic", &generic),
        ]
        .into_iter()
        .flatten()
        .collect())
    }

    fn value_paths(&self) -> Vec<TokenStream> {
        let types = self.schema.constructors.iter().map(|c| ("types", &c.name));
        let enums =
            self.schema.types.iter().filter(|ty| ty.is_enum()).map(|ty| ("enums", &ty.name));
        types.chain(enums).map(|(module, name)| paths::in_module(module, name, 0)).collect()
    }

    /// The path, the parameters and the fields of each group.
    fn group_entries(&self) -> Vec<TokenStream> {
        let constructors = self.schema.constructors.iter().map(|c| (&c.name, &c.body));
        let functions = self.schema.functions.iter().map(|f| (&f.name, &f.body));
        constructors
            .chain(functions)
            .flat_map(|(name, body)| group_entries_of(name, body))
            .collect()
    }
}

fn group_entries_of(name: &Name, body: &Body) -> Vec<TokenStream> {
    let groups = body.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Group { ident, members, .. } => Some((ident, members)),
        _ => None,
    });
    groups
        .map(|(ident, members)| {
            let name = Name { ident: ident.clone(), ..name.clone() };
            let path = paths::in_module("groups", &name, 0);
            // Within the group nothing is optional.
            let params = members.iter().map(|member| {
                let (name, ty) = member.tl.split_once(':').unwrap_or((&member.tl, ""));
                let ty = ty.split_once('?').map_or(ty, |(_, ty)| ty);
                format!(" {name}:{ty}")
            });
            let line: String = params.collect();
            let members = members.iter().map(|member| paths::escaped(&member.ident));
            quote!(#path: #line { #(#members)* })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exceptions, Options, generate, resolve, tl_text};

    fn emitted(serde: Serde, server_feature: Option<&str>) -> Result<String, Error> {
        let text = "a x:int = A;\n---functions---\nf {X:Type} q:!X = X;\ng = A;";
        let mut raw = tl_text::parse(text)?;
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[])?;
        let server_feature = server_feature.map(str::to_owned);
        generate(&schema, &Options { serde, server_feature, ..Options::default() })
    }

    /// Each call with the condition that it stands under, if any.
    fn calls(code: &str) -> Vec<(&str, &str)> {
        let before = std::iter::once("").chain(code.lines());
        let lines = before.zip(code.lines()).filter(|(_, line)| line.contains("tl::serde::"));
        lines
            .map(|(before, call)| (if before.starts_with('#') { before } else { "" }, call))
            .collect()
    }

    #[test]
    fn a_crate_chooses_whether_and_under_which_feature() {
        assert_eq!(calls(&emitted(Serde::Off, None).unwrap()), [("", ""); 0]);
        let always = emitted(Serde::Always, None).unwrap();
        assert_eq!(calls(&always).len(), 6);
        assert!(calls(&always).iter().all(|(condition, _)| condition.is_empty()), "{always}");
        let feature = Serde::Feature("json".into());
        let both = emitted(feature, Some("server")).unwrap();
        let when = "#[cfg(feature = \"json\")]";
        let server = "#[cfg(all(feature = \"json\", any(test, feature = \"server\")))]";
        let count = |when: &str| calls(&both).iter().filter(|(own, _)| *own == when).count();
        assert_eq!((count(when), count(server)), (4, 2));
    }

    #[test]
    fn a_feature_that_can_be_none_is_refused() {
        let error = emitted(Serde::Feature("a b".into()), None).unwrap_err();
        assert_eq!(error, Error::Option { option: "serde", text: "a b".into() });
    }
}
