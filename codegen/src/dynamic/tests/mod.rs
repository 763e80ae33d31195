//! The codec on bytes written by hand. The whole of the published schemas is gone through where the types
//! generated from them are: in telewire, `src/tl/family`.

mod decode;
mod encode;
mod errors;
mod target;
mod tree;

use crate::dynamic::{Codec, Object, Value};
use crate::exceptions::Exceptions;
use crate::ir::Schema;
use crate::{resolve, tl_text};

/// Definitions that have each construct of TL; what is computed of them is their ids.
const TL: &str = "\
unit = Unit;
numbers a:int b:long c:double d:Bool = Numbers;
wide a:int128 b:int256 c:int512 = Wide;
text s:string b:bytes = Text;
leaf = Tree;
node left:Tree n:int = Tree;
lists boxed:Vector<int> bare:vector<int> of_bare:Vector<%Pair> of_boxed:vector<Pair> = Lists;
pair a:int b:int = Pair;
nested v:Vector<Vector<Tree>> = Nested;
holder one:pair two:%Pair three:Pair = Holder;
flagged id:long flags:# yes:flags.0?true n:flags.1?int s:flags.2?string flags2:# t:flags2.31?Tree = Flagged;
shared flags:# a:flags.3?true b:flags.3?int c:flags.3?long = Shared;
unused flags:# = Unused;
message id:long bytes:int body:Object = Message;
container messages:vector<%Message> = Container;
result id:long result:Object = Result;
---functions---
ids n:int = Vector<int>;
ping id:long = Unit;
silence = Silence;
after {X:Type} id:long query:!X = X;
";

fn schema_of(text: &str) -> Schema {
    let mut raw = tl_text::parse(text).unwrap();
    let exceptions = if text == TL {
        Exceptions::NONE.with_measured("message", "bytes", "body").with_no_result("silence")
    } else {
        Exceptions::NONE
    };
    resolve::ids::assign_missing(&mut raw, &exceptions);
    resolve::resolve(&raw, &exceptions, &[]).unwrap()
}

/// Bytes from words: hexadecimal digits as they stand on the wire, `<name>` for an id, `*n` for n zeros.
fn bytes_of(codec: &Codec<'_>, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in text.split_whitespace() {
        if let Some(name) = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')) {
            let id = match name {
                "vector" => 0x1cb5c415,
                "true" => 0x997275b5,
                "false" => 0xbc799737_u32,
                name => codec.named(name)[0].id(),
            };
            bytes.extend(id.to_le_bytes());
        } else if let Some(count) = word.strip_prefix('*') {
            bytes.extend(vec![0; count.parse().unwrap()]);
        } else {
            let digits: Vec<char> = word.chars().collect();
            assert_eq!(digits.len() % 2, 0, "{word}");
            for pair in digits.chunks(2) {
                bytes.push(u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap());
            }
        }
    }
    bytes
}

fn object(codec: &Codec<'_>, name: &str, fields: &[(&str, Value)]) -> Value {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Value::Object(Object { name: name.to_owned(), id: codec.named(name)[0].id(), fields })
}
