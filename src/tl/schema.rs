//! The table of a schema's definitions: names by id, and values printed as the schema writes them.
//!
//! `Debug` and `PartialEq` of generated types go through it and through their bytes. Derived, they would be a third of the
//! code of every type; here they are one path for all.

use std::cell::RefCell;
use std::fmt;

use crate::tl::bytes::write_hex;
use crate::tl::line::{self, Kind, name_in};
use crate::tl::{DecodeErrorKind, MAX_DEPTH, Reader, Serialize};

/// The definitions of a schema, for lookup at run time. Generated modules have one each.
pub struct Schema {
    pub(super) constructors: Table,
    pub(super) functions: Table,
}

/// A line is TL without the id, but for an `Object` whose length another parameter gives: `body:Object@bytes`.
type Lines = &'static [(u32, &'static str)];

/// The constructors or the functions of a schema. A function may be called as a constructor is.
pub(super) struct Table {
    /// The id and the line of each definition, sorted by id.
    lines: Lines,
    /// The places of the lines in the order of their names, made when a name is first asked for.
    #[cfg(feature = "serde")]
    names: std::sync::OnceLock<Box<[usize]>>,
}

impl Table {
    const fn new(lines: Lines) -> Self {
        Self {
            lines,
            #[cfg(feature = "serde")]
            names: std::sync::OnceLock::new(),
        }
    }

    /// The line of a definition.
    pub(super) fn line_of(&self, id: u32) -> Option<&'static str> {
        let place = self.lines.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.lines.get(place).map(|(_, line)| *line)
    }

    /// The id and the line of a definition by its name.
    #[cfg(feature = "serde")]
    pub(super) fn by_name(&self, name: &str) -> Option<(u32, &'static str)> {
        let names = self.names.get_or_init(|| {
            let mut places: Box<[usize]> = (0..self.lines.len()).collect();
            places.sort_by_key(|place| self.name_at(*place));
            places
        });
        let found = names.binary_search_by_key(&name, |place| self.name_at(*place)).ok()?;
        names.get(found).and_then(|place| self.lines.get(*place)).copied()
    }

    #[cfg(feature = "serde")]
    fn name_at(&self, place: usize) -> &'static str {
        self.lines.get(place).map_or("", |(_, line)| name_in(line))
    }

    /// The id and the line of each definition.
    #[cfg(all(test, feature = "serde"))]
    pub(super) fn lines(&self) -> impl Iterator<Item = (u32, &'static str)> {
        self.lines.iter().copied()
    }
}

impl Schema {
    /// Tables of lines, each sorted by id.
    #[must_use]
    pub const fn new(constructors: Lines, functions: Lines) -> Self {
        Self { constructors: Table::new(constructors), functions: Table::new(functions) }
    }

    /// The name of a definition.
    #[must_use]
    pub fn name_of(&self, id: u32) -> Option<&'static str> {
        self.line_of(id).map(name_in)
    }

    /// The line of a constructor or of a function.
    pub(super) fn line_of(&self, id: u32) -> Option<&'static str> {
        self.constructors.line_of(id).or_else(|| self.functions.line_of(id))
    }

    /// The line of a constructor by its name, or of the only constructor of a type: how bare values are named.
    pub(super) fn line_of_bare(&self, name: &str) -> Option<&'static str> {
        self.constructors.lines.iter().map(|(_, line)| *line).find(|line| {
            name_in(line) == name || line.rsplit_once(" = ").is_some_and(|(_, ty)| ty == name)
        })
    }

    /// Prints a value: its constructor and the parameters that are there.
    ///
    /// # Errors
    ///
    /// Those of the formatter.
    pub fn debug(&self, value: &dyn Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::new();
        value.serialize(&mut bytes);
        let reader = RefCell::new(Reader::with_depth(&bytes, u16::MAX));
        fmt::Debug::fmt(&Printer { schema: self, reader: &reader, ty: ANY, depth: MAX_DEPTH }, f)
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (constructors, functions) = (self.constructors.lines.len(), self.functions.lines.len());
        write!(f, "Schema({constructors} constructors, {functions} functions)")
    }
}

/// The type of what is printed as a whole: any definition.
const ANY: &str = "Object";

/// How many items are printed of a vector that claims more of them than bytes are left: those have no bytes, or it lies, as
/// the query inside of a function may, which is any bytes.
const MAX_EMPTY: usize = 64;

/// Prints the next value of a reader. Printing it reads it, so each is printed once and in order.
struct Printer<'a, 'b> {
    schema: &'a Schema,
    reader: &'a RefCell<Reader<'b>>,
    ty: &'static str,
    /// How many definitions may still stand inside of each other; what is deeper is left out.
    depth: u16,
}

impl fmt::Debug for Printer<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reader.borrow().is_failed() {
            return f.write_str("…");
        }
        match self.ty {
            "int" => fmt::Debug::fmt(&self.read(Reader::int), f),
            "long" => fmt::Debug::fmt(&self.read(Reader::long), f),
            "double" => fmt::Debug::fmt(&self.read(Reader::double), f),
            "string" => fmt::Debug::fmt(&self.read(Reader::string), f),
            "Bool" => fmt::Debug::fmt(&self.read(Reader::boolean), f),
            "bytes" => fmt::Debug::fmt(&self.read(Reader::bytes), f),
            "int128" => write_hex(f, &self.read(Reader::wide::<16>)),
            "int256" => write_hex(f, &self.read(Reader::wide::<32>)),
            "int512" => write_hex(f, &self.read(Reader::wide::<64>)),
            ty => match line::vector(ty) {
                Some((is_boxed, item)) => self.vector(is_boxed, item, f),
                None => self.definition(ty, f),
            },
        }
    }
}

impl<'b> Printer<'_, 'b> {
    fn read<T>(&self, read: impl FnOnce(&mut Reader<'b>) -> T) -> T {
        read(&mut self.reader.borrow_mut())
    }

    fn vector(
        &self,
        is_boxed: bool,
        item: &'static str,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        if is_boxed {
            self.read(Reader::constructor_id);
        }
        let count = usize::try_from(self.read(Reader::int)).unwrap_or(0);
        let left = self.reader.borrow().remaining().len();
        let shown = count.min(left.max(MAX_EMPTY));
        let item = Printer { ty: item, ..*self };
        let mut out = f.debug_list();
        // What cannot be read is shown once.
        let items = (0..shown).take_while(|_| !self.reader.borrow().is_failed());
        out.entries(items.map(|_| &item));
        if shown < count { out.finish_non_exhaustive() } else { out.finish() }
    }

    fn definition(&self, ty: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = line::bare_name(ty).and_then(|name| self.schema.line_of_bare(name)) {
            return self.fields(line, f);
        }
        // The id is looked at first: what has another schema is printed as it is.
        let rest = self.reader.borrow().remaining();
        let id = rest.first_chunk::<4>().map(|id| u32::from_le_bytes(*id));
        let is_any = ty == ANY || ty.starts_with('!');
        let line_of = |id| match is_any {
            true => self.schema.line_of(id),
            false => self.schema.constructors.line_of(id),
        };
        match id.and_then(line_of) {
            Some(line) => {
                self.read(Reader::constructor_id);
                self.fields(line, f)
            }
            None => write_hex(f, self.read(Reader::take_rest)),
        }
    }

    /// Prints the parameters of a line that are there.
    fn fields(&self, line: &'static str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(depth) = self.depth.checked_sub(1) else {
            self.read(|r| r.fail(DecodeErrorKind::TooDeep));
            return f.write_str("…");
        };
        let mut out = f.debug_struct(name_in(line));
        // The words and lengths read so far, by name.
        let mut numbers: Vec<(&str, u32)> = Vec::new();
        let number = |numbers: &[(&str, u32)], name: &str| {
            numbers.iter().rev().find(|(of, _)| *of == name).map_or(0, |(_, number)| *number)
        };
        for param in line::params(line) {
            let is_there = param
                .condition
                .is_none_or(|(word, bit)| number(&numbers, word) >> (bit & 31) & 1 == 1);
            if !is_there {
                continue;
            }
            match param.kind {
                Kind::Word | Kind::Length => numbers.push((param.name, self.read(Reader::word))),
                Kind::Flag => {
                    out.field(param.name, &true);
                }
                Kind::Measured(length) => {
                    let length = usize::try_from(number(&numbers, length)).unwrap_or(0);
                    out.field(param.name, &self.read(|r| r.measured_object(length)));
                }
                Kind::Value(ty) => {
                    out.field(param.name, &Printer { ty, depth, ..*self });
                }
            }
        }
        out.finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::tl::mtproto::types::{
        FutureSalt, FutureSalts, Message, MsgContainer, Pong, ResPq, TlsBlockPermutation,
    };
    use crate::tl::mtproto::{enums::TlsBlock, functions::Ping};
    use crate::tl::wrap::functions::{InitConnection, InvokeWithLayer};
    use crate::tl::{Bare, Object};

    #[test]
    fn values_are_printed_as_the_schema_names_them() {
        let pong = Pong { msg_id: 1, ping_id: -2 };
        assert_eq!(format!("{pong:?}"), "pong { msg_id: 1, ping_id: -2 }");
        assert_eq!(format!("{pong:#?}"), "pong {\n    msg_id: 1,\n    ping_id: -2,\n}");
        let res_pq = ResPq {
            nonce: [1; 16],
            server_nonce: [2; 16],
            pq: [0xab, 0xcd].into(),
            server_public_key_fingerprints: vec![3, 4],
        };
        let nonces = format!("nonce: {}, server_nonce: {}", "01".repeat(16), "02".repeat(16));
        assert_eq!(
            format!("{res_pq:?}"),
            format!("resPQ {{ {nonces}, pq: abcd, server_public_key_fingerprints: [3, 4] }}")
        );
    }

    #[test]
    fn bare_measured_and_nested_values_are_printed() {
        let salt = Bare(FutureSalt { valid_since: 1, valid_until: 2, salt: 3 });
        let salts = FutureSalts { req_msg_id: 4, now: 5, salts: vec![salt].into() };
        assert_eq!(
            format!("{salts:?}"),
            "future_salts { req_msg_id: 4, now: 5, \
             salts: [future_salt { valid_since: 1, valid_until: 2, salt: 3 }] }"
        );
        let message = |n| Bare(Message { msg_id: n, seqno: 0, body: Object::from(vec![7; 4]) });
        let container = MsgContainer { messages: vec![message(1), message(2)].into() };
        assert_eq!(
            format!("{container:?}"),
            "msg_container { messages: [\
             message { msg_id: 1, seqno: 0, body: Object(07070707) }, \
             message { msg_id: 2, seqno: 0, body: Object(07070707) }] }"
        );
        let blocks = vec![vec![TlsBlock::TlsBlockDomain], vec![]];
        assert_eq!(
            format!("{:?}", TlsBlockPermutation { entries: blocks }),
            "tlsBlockPermutation { entries: [[tlsBlockDomain], []] }"
        );
    }

    #[test]
    fn optional_parameters_are_printed_where_they_are_and_queries_by_their_bytes_or_name() {
        let query = |proxy| InitConnection {
            api_id: 1,
            device_model: "d".into(),
            system_version: String::new(),
            app_version: String::new(),
            system_lang_code: String::new(),
            lang_pack: String::new(),
            lang_code: String::new(),
            proxy,
            params: None,
            query: Object::from(vec![1, 2, 3, 4]),
        };
        let printed = format!("{:?}", query(None));
        assert!(!printed.contains("proxy") && printed.ends_with("query: 01020304 }"), "{printed}");
        let proxy = crate::tl::wrap::types::InputClientProxy { address: "a".into(), port: 2 };
        let printed = format!("{:?}", query(Some(proxy.clone())));
        assert!(
            printed.contains("proxy: inputClientProxy { address: \"a\", port: 2 }"),
            "{printed}"
        );
        let nested = InvokeWithLayer { layer: 5, query: query(None) };
        assert!(
            format!("{nested:?}").starts_with("invokeWithLayer { layer: 5, query: initConnection")
        );
        // A function of another schema.
        let foreign = InvokeWithLayer { layer: 5, query: Ping { ping_id: 1 } };
        assert_eq!(
            format!("{foreign:?}"),
            "invokeWithLayer { layer: 5, query: ec77be7a0100000000000000 }"
        );
    }

    #[test]
    fn a_query_of_any_bytes_is_printed_within_bounds() {
        use crate::tl::wrap::types::JsonArray;
        use crate::tl::{Identifiable, vector::VECTOR};
        let printed = |query: &[u8]| {
            let query = InvokeWithLayer { layer: 5, query: Object::from(query.to_vec()) };
            format!("{query:?}")
        };
        let head = [JsonArray::ID.to_le_bytes(), VECTOR.to_le_bytes()].concat();
        // It claims 2^31 - 1 items and has none.
        let claims = [&head[..], &i32::MAX.to_le_bytes()].concat();
        let text = printed(&claims);
        assert!(text.len() < 200 && text.contains("jsonArray"), "{text}");
        assert!(printed(&[&head[..], &[0xff; 4]].concat()).contains("jsonArray { value: [] }"));
        // And here they are inside of each other.
        let one = [&head[..], &1_i32.to_le_bytes()].concat();
        let text = printed(&one.repeat(100_000));
        assert_eq!(text.matches("jsonArray").count(), usize::from(crate::tl::MAX_DEPTH) - 1);
        assert!(text.contains('…'));
    }

    #[test]
    fn a_function_stands_nowhere_but_where_a_query_may() {
        // The table of functions is another one: what is bare or of a type is a constructor.
        assert!(crate::tl::mtproto::SCHEMA.line_of_bare("ping").is_none());
        assert!(crate::tl::wrap::SCHEMA.line_of_bare("Config").unwrap().starts_with("config "));
        assert_eq!(crate::tl::mtproto::name_of(0x7abe77ec), Some("ping"));
    }

    #[test]
    fn values_are_equal_when_their_bytes_are() {
        let a = crate::tl::wrap::types::JsonNumber { value: f64::NAN };
        assert_eq!(a, a.clone());
        let zero = |value| crate::tl::wrap::types::JsonNumber { value };
        assert_ne!(zero(0.0), zero(-0.0));
        assert_eq!(Pong { msg_id: 1, ping_id: 2 }, Pong { msg_id: 1, ping_id: 2 });
        assert_ne!(Pong { msg_id: 1, ping_id: 2 }, Pong { msg_id: 1, ping_id: 3 });
    }
}
