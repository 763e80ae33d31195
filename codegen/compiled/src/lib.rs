//! The generator's golden cases, compiled as a user of `telewire-codegen` would compile a schema of their own.

#![allow(
    clippy::module_inception,
    reason = "the cases `enums` and `functions` are called as a module that every schema gets"
)]

macro_rules! cases {
    ($($case:ident)*) => {
        $(
            #[doc = concat!("`codegen/tests/golden/", stringify!($case), ".json`")]
            pub mod $case {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($case), ".rs"));
            }
        )*
    };
}

cases! {
    accessors
    enums
    flags
    flags_shared
    flags_words
    function_generic
    function_without_result
    functions
    keywords
    layers
    layout
    namespaces
    object_measured
    object_to_end
    primitives
    recursion
    std_names
    unit
    variant_names
    vectors
    widths
}

#[cfg(test)]
mod tests;
