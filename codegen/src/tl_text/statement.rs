//! One statement of a `.tl` text: a definition, or the declaration of a type that TL builds in.

use super::{decimal, located, syntax};
use crate::Error;
use crate::built_in::{self, Form};
use crate::check::Part;
use crate::expr::{self, TypeExpr, TypeExprError, is_name};
use crate::lex::{Cursor, Token};
use crate::raw::{RawDefinition, RawParam};

/// What a statement says.
pub(super) enum Read {
    /// It declares what TL builds in.
    BuiltIn { name: String },
    /// It defines a constructor or a function.
    Definition { definition: RawDefinition, places: Places },
}

/// Where the parts of a definition stand.
pub(super) struct Places {
    head: usize,
    params: Vec<(usize, usize)>,
    result: usize,
}

impl Places {
    pub(super) fn of(&self, part: Part) -> usize {
        let param =
            |index: usize| self.params.get(index).copied().unwrap_or((self.head, self.head));
        match part {
            Part::Head => self.head,
            Part::Param(index) => param(index).0,
            Part::Type(index) => param(index).1,
            Part::Result => self.result,
        }
    }
}

/// How to read a statement.
#[derive(Clone, Copy)]
pub(super) struct Statement<'t> {
    pub(super) text: &'t str,
    pub(super) is_function: bool,
}

/// What stands before the `=`.
enum Arg<'t> {
    /// `x:int`
    Param { at: usize, name: &'t str, type_at: usize, ty: TypeExpr },
    /// `int`
    Unnamed { word: Token<'t> },
    /// `4*[ int ]`
    Repeated { at: usize, count: usize, item: &'t str },
    /// `# [ t ]`
    Counted { at: usize, item: &'t str },
}

/// A declared variable, `{X:Type}`.
struct Variable<'t> {
    at: usize,
    name: &'t str,
    kind: &'t str,
}

const PARAM: &str = "`name:type` for each parameter";

impl<'t> Statement<'t> {
    /// Reads up to the `;`.
    pub(super) fn read(self, cursor: &mut Cursor<'_, 't>) -> Result<Read, Error> {
        let Some(head) = cursor.word() else {
            return Err(syntax(self.text, cursor.at(), "", "a definition"));
        };
        let name = head.text;
        if ["New", "Final", "Empty"].contains(&name) {
            let expected = "no `New`, `Final` or `Empty`, which say nothing of values and are not read: leave it out";
            return Err(syntax(self.text, head.at, name, expected));
        }
        if !is_name(name) {
            let expected = "a name of letters, digits, `_` and `.` at its start";
            return Err(syntax(self.text, head.at, name, expected));
        }
        let id = self.id(name, cursor)?;
        let is_question = cursor.eat("?");
        let (mut variables, mut args) = (Vec::new(), Vec::new());
        while !is_question && !cursor.is_at("=") {
            if cursor.is_at("{") && args.is_empty() {
                variables.push(self.variable(name, cursor)?);
            } else {
                args.push(self.arg(name, cursor)?);
            }
        }
        if !cursor.eat("=") {
            return Err(syntax(self.text, cursor.at(), name, "`=` and a type"));
        }
        let result_at = cursor.at();
        let result = self.ty(name, "result", cursor, expr::applied_type)?;
        if !cursor.is_at(";") {
            return Err(match expr::trailing(cursor) {
                source @ TypeExprError::Brackets if !cursor.is_at("(") => {
                    self.malformed(name, "result", result_at, cursor, source)
                }
                _ => syntax(self.text, cursor.at(), name, "`;` at its end"),
            });
        }
        cursor.next();
        let raw = RawDefinition { id, ..RawDefinition::new(name, Vec::new(), &result.to_string()) };
        if is_question {
            return self.declaration(head, Form::Question, raw);
        }
        self.definition(head, raw, &variables, args, result_at)
    }

    fn id(self, name: &str, cursor: &mut Cursor<'_, 't>) -> Result<Option<u32>, Error> {
        if !cursor.peek().is_some_and(|sign| sign.text == "#" && sign.is_glued) {
            return Ok(None);
        }
        let at = cursor.at();
        cursor.next();
        let digits = cursor.word().filter(|word| word.is_glued);
        match digits.and_then(|word| hex_id(word.text)) {
            Some(id) => Ok(Some(id)),
            None => Err(syntax(self.text, at, name, "`#` and 1 to 8 hexadecimal digits")),
        }
    }

    /// `{X:Type}`
    fn variable(self, name: &str, cursor: &mut Cursor<'_, 't>) -> Result<Variable<'t>, Error> {
        let at = cursor.at();
        let wrong =
            |at| syntax(self.text, at, name, "a variable as `{X:Type}`, with spaces around it");
        let is_apart = cursor.next().is_some_and(|open| !open.is_glued);
        let variable = cursor.word().filter(|_| is_apart).ok_or_else(|| wrong(at))?;
        let kind = cursor.eat(":").then(|| cursor.next()).flatten();
        match kind.filter(|kind| ["Type", "#"].contains(&kind.text) && cursor.eat("}")) {
            Some(kind) => Ok(Variable { at, name: variable.text, kind: kind.text }),
            None => Err(wrong(at)),
        }
    }

    fn arg(self, name: &str, cursor: &mut Cursor<'_, 't>) -> Result<Arg<'t>, Error> {
        let at = cursor.at();
        let expected = |at, what: &str| syntax(self.text, at, name, what);
        let Some(first) = cursor.next() else {
            return Err(expected(at, "`=` and a type"));
        };
        if first.text == ";" {
            return Err(expected(at, "`=` and a type"));
        }
        if first.is_glued && (first.is_word || ["#", "{"].contains(&first.text)) {
            return Err(expected(at, "a space between parameters"));
        }
        if first.text == "#" {
            return match self.item(cursor) {
                Some(item) => Ok(Arg::Counted { at, item }),
                None => Err(expected(at, PARAM)),
            };
        }
        if !first.is_word {
            return Err(expected(at, PARAM));
        }
        if cursor.eat(":") {
            let type_at = cursor.at();
            if cursor.peek_second().is_some_and(|sign| sign.text == "*") {
                let what = "a type: repetitions are read only in the declarations of `int128`, `int256` and `int512`";
                return Err(expected(type_at, what));
            }
            let ty = self.ty(name, first.text, cursor, expr::param_type)?;
            // What follows a type without a space is more of it than can be one.
            if cursor.peek().is_some_and(|next| next.is_glued && !["=", ";"].contains(&next.text)) {
                let source = expr::trailing(cursor);
                return Err(self.malformed(name, first.text, type_at, cursor, source));
            }
            return Ok(Arg::Param { at, name: first.text, type_at, ty });
        }
        if cursor.is_at("*") || cursor.is_at("[") {
            let count = cursor.eat("*").then(|| decimal(first.text)).flatten();
            let count =
                count.ok_or_else(|| expected(at, "a number, `*` and a type in brackets"))?;
            let item = self.item(cursor);
            let item =
                item.ok_or_else(|| expected(cursor.at(), "a type in brackets: `[ int ]`"))?;
            return Ok(Arg::Repeated { at, count, item });
        }
        Ok(Arg::Unnamed { word: first })
    }

    /// `[ int ]`
    fn item(self, cursor: &mut Cursor<'_, 't>) -> Option<&'t str> {
        let item = cursor.eat("[").then(|| cursor.word()).flatten()?;
        cursor.eat("]").then_some(item.text)
    }

    fn ty<'a>(
        self,
        definition: &str,
        param: &str,
        cursor: &mut Cursor<'a, 't>,
        read: impl FnOnce(&mut Cursor<'a, 't>) -> Result<TypeExpr, TypeExprError>,
    ) -> Result<TypeExpr, Error> {
        let at = cursor.at();
        read(cursor).map_err(|source| self.malformed(definition, param, at, cursor, source))
    }

    /// A type expression that begins at `at` goes wrong where the cursor is.
    fn malformed(
        self,
        definition: &str,
        param: &str,
        at: usize,
        cursor: &Cursor<'_, 't>,
        source: TypeExprError,
    ) -> Error {
        let end = cursor.peek().map_or(self.text.len(), |token| {
            let is_part = token.text != ";" && (token.is_glued || token.at == at);
            if is_part { token.at.saturating_add(token.text.len()) } else { token.at }
        });
        let ty = self.text.get(at..end).unwrap_or_default();
        let ty = ty.split_whitespace().collect::<Vec<_>>().join(" ");
        let raw = RawDefinition::new(definition, Vec::new(), "");
        located(self.text, cursor.at(), raw.malformed(param, &ty, source))
    }

    fn declaration(
        self,
        head: Token<'t>,
        form: Form<'_>,
        raw: RawDefinition,
    ) -> Result<Read, Error> {
        if self.is_function {
            return Err(syntax(self.text, head.at, head.text, "a function"));
        }
        let wrong = |why| {
            let definition = raw.name.clone();
            located(self.text, head.at, Error::BuiltIn { definition, why })
        };
        if built_in::is_declaration(&raw.name, form, &raw.ty).map_err(wrong)? {
            return Ok(Read::BuiltIn { name: raw.name });
        }
        Err(syntax(self.text, head.at, head.text, PARAM))
    }

    fn definition(
        self,
        head: Token<'t>,
        mut raw: RawDefinition,
        variables: &[Variable<'t>],
        args: Vec<Arg<'t>>,
        result: usize,
    ) -> Result<Read, Error> {
        let mut places = Places { head: head.at, params: Vec::new(), result };
        match (variables, args.as_slice()) {
            ([Variable { name: "t", kind: "Type", .. }], [Arg::Counted { item: "t", .. }])
                if head.text == "vector" && raw.ty == "Vector<t>" =>
            {
                "Vector t".clone_into(&mut raw.ty);
                return Ok(Read::Definition { definition: raw, places });
            }
            ([], [Arg::Repeated { count, item, .. }]) => {
                return self.declaration(head, Form::Repeated(*count, item), raw);
            }
            ([], [Arg::Unnamed { word }]) if word.text == "string" => {
                return self.declaration(head, Form::OneString, raw);
            }
            _ => {}
        }
        for arg in args {
            match arg {
                Arg::Param { at, name, type_at, ty } => {
                    places.params.push((at, type_at));
                    raw.params.push(RawParam { name: name.to_owned(), ty: ty.to_string() });
                }
                Arg::Unnamed { word } => return Err(syntax(self.text, word.at, head.text, PARAM)),
                Arg::Repeated { at, .. } => return Err(syntax(self.text, at, head.text, PARAM)),
                Arg::Counted { at, .. } => {
                    let expected = format!("`{}`: only that has a count", built_in::VECTOR);
                    return Err(syntax(self.text, at, head.text, expected));
                }
            }
        }
        self.variables(head.text, &raw, variables, &places)?;
        let declares = !self.is_function
            && built_in::declares(&raw).map_err(|why| {
                let definition = raw.name.clone();
                located(self.text, head.at, Error::BuiltIn { definition, why })
            })?;
        if declares {
            return Ok(Read::BuiltIn { name: raw.name });
        }
        Ok(Read::Definition { definition: raw, places })
    }

    /// Each variable is that of a query, and declared: what `!X` says and the JSON form says by that alone.
    fn variables(
        self,
        name: &str,
        raw: &RawDefinition,
        variables: &[Variable<'t>],
        places: &Places,
    ) -> Result<(), Error> {
        let used = raw.type_variables();
        let declared: Vec<&str> = variables.iter().map(|variable| variable.name).collect();
        let is_type = |variable: &&Variable<'_>| variable.kind == "Type";
        if let Some(odd) = variables.iter().find(|v| !is_type(v) || !used.contains(&v.name)) {
            let expected = format!(
                "a parameter of the type `!{}`: types with parameters are not read, except `Vector`",
                odd.name
            );
            return Err(syntax(self.text, odd.at, name, expected));
        }
        if declared != used {
            let variables: String = used.iter().map(|used| format!(" {{{used}:Type}}")).collect();
            let at = places.head.saturating_add(name.len());
            return Err(syntax(
                self.text,
                at,
                name,
                format!("`{}` after it", variables.trim_start()),
            ));
        }
        Ok(())
    }
}

fn hex_id(text: &str) -> Option<u32> {
    // `from_str_radix` alone would take a sign.
    let digits = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}
