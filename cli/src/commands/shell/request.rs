//! Commands of programs, a line each, and what each is answered: an object with the request's `id`.
//!
//! A line is a command as it is typed, or an object: `{"id": …, "command": "msg @ada hello"}`, or with the words as they are, which
//! need no quotes: `{"id": …, "words": ["msg", "@ada", "hello"]}`. Without an id it is the number of the request, from 1 on.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::reply::Reply;
use super::words::Line;
use super::{Dash, Shell};

/// A command of a program's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    id: Value,
    what: Result<What, Fault>,
}

#[derive(Debug, Clone, PartialEq)]
enum What {
    Line(String),
    Words(Vec<String>),
}

/// Those who ask, one after the other.
#[derive(Debug, Default)]
pub(super) struct Requests {
    count: u64,
}

/// What a program is told, and the exit code if something failed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) json: Value,
    pub(super) code: Option<u8>,
}

impl Requests {
    /// The request of a line, or of why there is none; nothing is asked by an empty one.
    pub(super) fn read(&mut self, line: Result<String, Fault>) -> Option<Request> {
        if line.as_ref().is_ok_and(|line| line.trim().is_empty()) {
            return None;
        }
        self.count = self.count.saturating_add(1);
        let number = json!(self.count);
        Some(match line {
            Ok(line) if line.trim_start().starts_with('{') => object(&line, number),
            line => Request { id: number, what: line.map(What::Line) },
        })
    }
}

fn object(line: &str, number: Value) -> Request {
    let mut fields: Map<String, Value> = match serde_json::from_str(line) {
        Ok(fields) => fields,
        Err(error) => {
            let why = Fault::Usage(format!("this is no JSON: {error}"));
            return Request { id: number, what: Err(why) };
        }
    };
    let id = fields.remove("id").unwrap_or(number);
    let what = match (fields.remove("command"), fields.remove("words")) {
        (Some(Value::String(command)), None) => Ok(What::Line(command)),
        (None, Some(Value::Array(words))) => {
            let words = words.into_iter().map(|word| match word {
                Value::String(word) => Ok(word),
                other => Err(Fault::Usage(format!("a word is a text, and not {other}"))),
            });
            words.collect::<Result<_, _>>().map(What::Words)
        }
        _ => Err(Fault::Usage(
            "a request has a text as its \"command\", or texts as its \"words\"".to_owned(),
        )),
    };
    // What is written wrongly is not passed over.
    let what = match fields.keys().next() {
        Some(other) => Err(Fault::Usage(format!(
            "a request has \"id\", and \"command\" or \"words\", and no {}",
            json!(other)
        ))),
        None => what,
    };
    Request { id, what }
}

impl Answer {
    /// Of a command without an id.
    pub(super) fn new(result: &Result<Reply, Fault>) -> Self {
        let (json, code) = match result {
            Ok(reply) => (json!({"result": reply.json}), None),
            Err(fault) => (json!({"error": fault.to_json()}), Some(fault.exit_code())),
        };
        Self { json, code }
    }

    fn with_id(mut self, id: Value) -> Self {
        if let Value::Object(json) = &mut self.json {
            json.insert("id".into(), id);
        }
        self
    }
}

impl Shell {
    /// Does what a program asks for.
    pub(super) async fn answer(&mut self, request: Request) -> Answer {
        let result = match request.what {
            Ok(What::Line(line)) => self.reply_to(&line, Dash::IsADash).await,
            Ok(What::Words(words)) => match Line::given(words) {
                Ok(line) => self.run_words(line, Dash::IsADash).await,
                Err(fault) => Err(fault),
            },
            Err(fault) => Err(fault),
        };
        Answer::new(&result).with_id(request.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Value, Result<What, String>) {
        let request = Requests::default().read(Ok(line.to_owned())).unwrap();
        (request.id, request.what.map_err(|fault| fault.to_string()))
    }

    fn typed(line: &str) -> Result<What, String> {
        Ok(What::Line(line.to_owned()))
    }

    #[test]
    fn a_line_is_a_command_or_an_object_that_has_one() {
        let words =
            |words: &[&str]| Ok(What::Words(words.iter().map(ToString::to_string).collect()));
        for (line, id, what) in [
            ("msg @ada hi", json!(1), typed("msg @ada hi")),
            (r#"{"id": "a", "command": "msg @ada hi"}"#, json!("a"), typed("msg @ada hi")),
            (r#" {"command": "x", "id": [1]}"#, json!([1]), typed("x")),
            (r#"{"command": ""}"#, json!(1), typed("")),
            (r#"{"id": null, "words": ["msg", "'x'"]}"#, json!(null), words(&["msg", "'x'"])),
            (r#"{"id": 7, "words": []}"#, json!(7), words(&[])),
        ] {
            assert_eq!(read(line), (id, what), "{line}");
        }
    }

    #[test]
    fn what_is_no_request_is_told_with_its_id() {
        for (line, id, why) in [
            ("{", json!(1), "this is no JSON: "),
            (r#"{"id": 5}"#, json!(5), "a request has a text as its \"command\""),
            (r#"{"id": 5, "command": 1}"#, json!(5), "a request has a text as its \"command\""),
            (r#"{"id": 5, "command": "a", "words": []}"#, json!(5), "a request has a text"),
            (r#"{"id": 5, "words": ["a", 1]}"#, json!(5), "a word is a text, and not 1"),
            (r#"{"id": 5, "command": "a", "x\"": 1}"#, json!(5), "a request has \"id\", and "),
        ] {
            let (found, what) = read(line);
            assert_eq!(found, id, "{line}");
            assert!(what.as_ref().is_err_and(|said| said.starts_with(why)), "{line}: {what:?}");
        }
    }

    #[test]
    fn requests_are_counted_and_empty_lines_are_none() {
        let mut requests = Requests::default();
        let ids: Vec<_> = ["", "a", " \t", "{\"id\": 9, \"command\": \"b\"}", "c"]
            .map(|line| requests.read(Ok(line.to_owned())).map(|request| request.id))
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(ids, [json!(1), json!(9), json!(3)]);
        let wrong = requests.read(Err(Fault::Usage("x".into()))).unwrap();
        assert_eq!(wrong, Request { id: json!(4), what: Err(Fault::Usage("x".into())) });
    }
}
