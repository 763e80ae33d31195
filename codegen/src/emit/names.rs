//! The table of definitions by constructor id.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::Emitter;
use crate::ir::{Body, Step};

/// Emits `SCHEMA` and `name_of`.
pub(super) fn table(emitter: &Emitter<'_>) -> Vec<TokenStream> {
    let schema = emitter.schema;
    let constructors = schema.constructors.iter().map(|c| (c.id, line(&c.tl, &c.body)));
    let functions = schema.functions.iter().map(|f| (f.id, line(&f.tl, &f.body)));
    let (constructors, functions) = (lines(constructors.collect()), lines(functions.collect()));
    let tl = &emitter.paths.tl;
    let table = quote! {
        #[doc = "The definitions of this schema."]
        pub static SCHEMA: #tl::Schema =
            #tl::Schema::new(&[#(#constructors),*], &[#(#functions),*]);
    };
    let name_of = quote! {
        #[doc = "The name of the constructor or function with this id, as the schema writes it."]
        pub fn name_of(id: u32) -> ::core::option::Option<&'static str> {
            SCHEMA.name_of(id)
        }
    };
    vec![table, name_of]
}

/// Lines as the runtime wants them, sorted by id.
fn lines(mut lines: Vec<(u32, String)>) -> Vec<TokenStream> {
    lines.sort_unstable();
    let lines = lines.into_iter().map(|(id, line)| {
        let id = hex(id);
        quote!((#id, #line))
    });
    lines.collect()
}

/// The line of a definition without its id. The length of a measured object is marked, since TL does not say it.
fn line(tl: &str, body: &Body) -> String {
    let (name, rest) = tl.split_once(' ').unwrap_or((tl, ""));
    let name = name.split_once('#').map_or(name, |(name, _)| name);
    let params = rest.trim_end_matches(';').split(' ').filter(|part| !part.starts_with('{'));
    let mut line = name.to_owned();
    let mut params: Vec<String> = params.map(str::to_owned).collect();
    for step in &body.steps {
        let Step::Length { field } = step else { continue };
        let measured = body.fields.get(*field).map_or("", |field| field.tl.as_str());
        let place = params.iter().position(|param| param == measured);
        if let Some((before, at)) = place.map(|place| params.split_at_mut(place))
            && let (Some(length), Some(object)) = (before.last_mut(), at.first_mut())
        {
            let name = length.split(':').next().unwrap_or_default().to_owned();
            *length = format!("{name}:@");
            object.push_str(&format!("@{name}"));
        }
    }
    for param in params {
        line.push(' ');
        line.push_str(&param);
    }
    line
}

/// An id as it is usually written.
pub(super) fn hex(id: u32) -> Literal {
    format!("0x{id:08x}").parse().unwrap_or_else(|_| Literal::u32_unsuffixed(id))
}
