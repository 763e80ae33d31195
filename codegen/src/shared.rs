//! What all constructors of a type have: the accessors of its enum.

use crate::ir::{
    Body, Constructor, Field, FieldKind, Member, Param, ParamKind, Schema, Slot, Ty, Type,
};

/// A parameter that all constructors of a type have, with the same name and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shared<'a> {
    /// What the accessor is called, not yet escaped if it is a keyword.
    pub(crate) method: String,
    /// The parameter as in the schema, without the bit that says whether it is there: `id:long`.
    pub(crate) tl: String,
    /// The type of its value; `None` for a `?true`, which is its bit.
    pub(crate) ty: Option<&'a Ty>,
    /// Whether a constructor has it only sometimes.
    pub(crate) optional: bool,
    /// Where each constructor has it.
    pub(crate) places: Vec<Place<'a>>,
}

/// Where a struct has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// A field that is always there.
    Required(&'a Field, &'a Slot),
    /// A field that is an `Option`.
    Optional(&'a Field, &'a Slot),
    /// A field that is a bit.
    Flag(&'a Field),
    /// A bit that a method tells of: that of this field.
    Presence(&'a str),
    /// A member of a group.
    Member(&'a Field, &'a Member),
}

impl<'a> Place<'a> {
    fn find(body: &'a Body, ident: &str) -> Option<Self> {
        let presence = body.presence.iter().find(|presence| presence.ident == ident);
        if let Some(presence) = presence {
            return Some(Self::Presence(&presence.ident));
        }
        body.fields.iter().find_map(|field| match &field.kind {
            FieldKind::Group { members, .. } => {
                let member = members.iter().find(|member| member.ident == ident);
                member.map(|member| Self::Member(field, member))
            }
            _ if field.ident != ident => None,
            FieldKind::Required(slot) => Some(Self::Required(field, slot)),
            FieldKind::Optional(slot) => Some(Self::Optional(field, slot)),
            FieldKind::Flag => Some(Self::Flag(field)),
        })
    }

    fn ty(self) -> Option<&'a Ty> {
        match self {
            Self::Required(_, slot) | Self::Optional(_, slot) => Some(&slot.ty),
            Self::Member(_, member) => Some(&member.slot.ty),
            Self::Flag(_) | Self::Presence(_) => None,
        }
    }

    fn is_optional(self) -> bool {
        matches!(self, Self::Optional(..) | Self::Member(..))
    }
}

/// What the constructors of a type share, in the order of the first of them.
pub(crate) fn of_type<'a>(schema: &'a Schema, ty: &Type) -> Vec<Shared<'a>> {
    let constructors: Vec<&Constructor> =
        ty.constructors.iter().map(|index| schema.constructor(*index)).collect();
    let Some(first) = constructors.first().filter(|_| ty.is_enum()) else { return Vec::new() };
    let names = first.body.params.iter().filter_map(|param| {
        let ident = first.body.ident_of(param)?;
        let places = constructors.iter().map(|constructor| Place::find(&constructor.body, ident));
        let places: Vec<Place<'a>> = places.collect::<Option<_>>()?;
        let own = places.first()?.ty();
        let tl = param.ty.rsplit('?').next().unwrap_or_default();
        places.iter().all(|place| place.ty() == own).then(|| Shared {
            method: crate::ir::method(ident),
            tl: format!("{}:{tl}", param.name),
            ty: own,
            optional: places.iter().any(|place| place.is_optional()),
            places,
        })
    });
    names.collect()
}

impl Body {
    /// What a parameter is called in Rust, as a field, a member of a group or a method; nothing if it is computed.
    fn ident_of(&self, param: &Param) -> Option<&str> {
        if matches!(param.kind, ParamKind::Word(_) | ParamKind::Length) {
            return None;
        }
        let tl = param.tl();
        let presence = self.presence.iter().map(|own| (&own.tl, &own.ident));
        let fields = self.fields.iter().flat_map(|field| {
            let (own, members): (_, &[Member]) = match &field.kind {
                FieldKind::Group { members, .. } => (None, members),
                _ => (Some((&field.tl, &field.ident)), &[]),
            };
            own.into_iter().chain(members.iter().map(|member| (&member.tl, &member.ident)))
        });
        presence.chain(fields).find(|(own, _)| **own == tl).map(|(_, ident)| ident.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exceptions, resolve, tl_text};

    /// The accessors of the first type of a schema.
    fn accessors(text: &str) -> Vec<String> {
        let mut raw = tl_text::parse(text).unwrap();
        resolve::ids::assign_missing(&mut raw, &Exceptions::NONE);
        let schema = resolve::resolve(&raw, &Exceptions::NONE, &[]).unwrap();
        let shared = of_type(&schema, &schema.types[0]).into_iter().map(|shared| {
            let mark = if shared.optional { "?" } else { "" };
            format!("{}{mark} {}", shared.method, shared.tl)
        });
        shared.collect()
    }

    #[test]
    fn what_all_have_by_name_and_type_is_shared() {
        for (text, expected) in [
            ("tA id:long a:int = T; tB b:int id:long = T;", &["id id:long"][..]),
            ("tA id:long = T; tB id:int = T;", &[]),
            ("tA id:long = T; tB = T;", &[]),
            ("tA id:long = T;", &[]),
            ("tA x:Vector<T> id:long = T; tB x:Vector<T> = T;", &["x x:Vector<T>"]),
            ("tA x:Vector<int> = T; tB x:vector<int> = T;", &[]),
            // Sometimes there in one is sometimes there.
            ("tA flags:# id:flags.0?long = T; tB id:long = T;", &["id? id:long"]),
            ("tA id:long = T; tB flags:# id:flags.0?long x:flags.0?int = T;", &["id? id:long"]),
            // A bit, whether it is a field or told by a value that shares it; a Bool is no bit.
            ("tA flags:# p:flags.0?true = T; tB flags:# p:flags.3?true = T;", &["p p:true"]),
            (
                "tA flags:# p:flags.0?true = T; tB flags:# p:flags.3?true x:flags.3?int = T;",
                &["p p:true"],
            ),
            ("tA flags:# p:flags.0?true = T; tB p:Bool = T;", &[]),
            // The order is that of the first.
            ("tA b:int a:int = T; tB a:int b:int = T;", &["b b:int", "a a:int"]),
            // What types can do anyway keeps its name.
            ("tA clone:int = T; tB clone:int = T;", &["clone_ clone:int"]),
        ] {
            assert_eq!(accessors(text), expected, "{text}");
        }
    }
}
