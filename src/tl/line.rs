//! The parameters of a definition, as its line in the table of a schema says them.

/// A parameter of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Param {
    pub(super) name: &'static str,
    /// The word and the bit in it that say whether the parameter is there; `None` if it always is.
    pub(super) condition: Option<(&'static str, u32)>,
    pub(super) kind: Kind,
}

/// What stands at the place of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `#`: a word of bits.
    Word,
    /// The length of the measured object after it.
    Length,
    /// `true`: nothing, the bit is all.
    Flag,
    /// An `Object` whose length the parameter of this name gives.
    Measured(&'static str),
    /// A value of this type.
    Value(&'static str),
}

/// The name of a line's definition.
pub(super) fn name_in(line: &'static str) -> &'static str {
    line.split_once(' ').map_or(line, |(name, _)| name)
}

/// The parameters of a line, in wire order.
pub(super) fn params(line: &'static str) -> impl Iterator<Item = Param> {
    let (params, _) = line.rsplit_once(" = ").unwrap_or((line, ""));
    params.split(' ').skip(1).filter_map(|param| {
        let (name, ty) = param.split_once(':')?;
        let (condition, ty) = match ty.split_once('?') {
            Some((condition, ty)) => {
                let (word, bit) = condition.split_once('.').unwrap_or((condition, ""));
                (Some((word, bit.parse().unwrap_or(0) & 31)), ty)
            }
            None => (None, ty),
        };
        let kind = match (ty, ty.split_once('@')) {
            ("#", _) => Kind::Word,
            ("@", _) => Kind::Length,
            ("true", _) => Kind::Flag,
            (_, Some((_, length))) => Kind::Measured(length),
            (ty, None) => Kind::Value(ty),
        };
        Some(Param { name, condition, kind })
    })
}

/// The name in a bare type: `%T`, or a constructor's own name. A type's name has an upper-case letter behind its namespace,
/// which has none: `auth.SentCode` is boxed, `auth.sentCode` is bare.
pub(super) fn bare_name(ty: &str) -> Option<&str> {
    let last = ty.rsplit_once('.').map_or(ty, |(_, last)| last);
    ty.strip_prefix('%').or_else(|| last.starts_with(char::is_lowercase).then_some(ty))
}

/// Whether a vector is boxed, and the type of its items.
pub(super) fn vector(ty: &'static str) -> Option<(bool, &'static str)> {
    let (vector, item) = ty.split_once('<')?;
    Some((vector == "Vector", item.strip_suffix('>').unwrap_or(item)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_parameter_is_told() {
        let line = "x.y flags:# a:flags.3?true b:flags.31?Vector<int> n:@ body:Object@n c:!X = Y";
        assert_eq!(name_in(line), "x.y");
        let param = |name, condition, kind| Param { name, condition, kind };
        assert_eq!(
            params(line).collect::<Vec<_>>(),
            [
                param("flags", None, Kind::Word),
                param("a", Some(("flags", 3)), Kind::Flag),
                param("b", Some(("flags", 31)), Kind::Value("Vector<int>")),
                param("n", None, Kind::Length),
                param("body", None, Kind::Measured("n")),
                param("c", None, Kind::Value("!X")),
            ]
        );
        assert_eq!(params("null = Null").count(), 0);
    }

    #[test]
    fn bare_types_and_vectors_are_told() {
        assert_eq!(
            (bare_name("%Message"), bare_name("message")),
            (Some("Message"), Some("message"))
        );
        assert_eq!((bare_name("Message"), bare_name("auth.SentCode")), (None, None));
        assert_eq!(
            (bare_name("auth.sentCode"), bare_name("%auth.SentCode")),
            (Some("auth.sentCode"), Some("auth.SentCode"))
        );
        assert_eq!(vector("Vector<vector<int>>"), Some((true, "vector<int>")));
        assert_eq!(vector("vector<%Message>"), Some((false, "%Message")));
        assert_eq!(vector("int"), None);
    }
}
