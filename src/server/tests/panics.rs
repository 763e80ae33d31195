//! What a user wrote panics, in each place where the data centre calls it: the call is answered, and the next one too.

use std::borrow::Cow;

use super::*;
use crate::rpc::RpcError;
use crate::server::Translator;
use crate::tl::wrap::functions as wrap;

/// Panics in one of its methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Panicking {
    Knows,
    ReadCall,
    WriteResult,
    WriteUpdate,
}

impl Panicking {
    fn at(self, place: Self) {
        assert_ne!(self, place, "a panic that a test wants");
    }
}

impl Translator for Panicking {
    fn knows(&self, _: i32) -> bool {
        self.at(Self::Knows);
        true
    }

    fn read_call<'b>(
        &mut self,
        _: i32,
        call: &'b [u8],
        _: Strictness,
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        self.at(Self::ReadCall);
        Ok(call.into())
    }

    fn write_result<'b>(
        &mut self,
        _: i32,
        _: u32,
        result: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, RpcError> {
        self.at(Self::WriteResult);
        Ok(result.into())
    }

    fn write_update<'b>(&mut self, _: i32, update: &'b [u8]) -> Option<Cow<'b, [u8]>> {
        self.at(Self::WriteUpdate);
        Some(update.into())
    }
}

const LAYERED: wrap::InvokeWithLayer<Take> =
    wrap::InvokeWithLayer { layer: 158, query: Take { bytes: 4, after: 0 } };

#[test]
fn a_translator_that_panics_has_answered_the_call_with_an_error() {
    for place in [Panicking::Knows, Panicking::ReadCall, Panicking::WriteResult] {
        let mut script = Script::begun();
        let line = line!() + 1;
        script.dc.dispatcher.translate_with(place);
        for _ in 0..2 {
            let call = script.call(LAYERED);
            let name = format!("HANDLER_PANICKED: the one of panics.rs:{line}");
            assert_eq!(script.error(call), (500, name), "{place:?}");
        }
    }
}

#[test]
fn what_a_translator_panics_at_is_not_pushed() {
    let mut script = Script::begun();
    script.dc.dispatcher.translate_with(Panicking::WriteUpdate);
    let call = script.call(LAYERED);
    script.result(call);
    let news = Bytes::from(vec![9; 3]);
    for _ in 0..2 {
        script.dc.push(script.now, script.key.id(), script.session, &news);
        assert_eq!(script.received(), []);
    }
    let call = script.call(LAYERED);
    script.result(call);
}

#[test]
fn what_answers_all_other_functions_may_panic_too() {
    let mut script = Script::begun();
    let line = line!() + 1;
    script.dc.dispatcher.otherwise(|_, _, body| Ok(vec![u8::from(body[4] == 1); body.len() / 2]));
    let call = script.call(Object::from(vec![1, 2, 3, 4]));
    let name = format!("HANDLER_PANICKED: the one of panics.rs:{line}");
    assert_eq!(script.error(call), (500, name));
    let call = script.call(Object::from(vec![1, 2, 3, 4, 1, 0, 0, 0]));
    assert_eq!(script.result(call).as_bytes(), [1; 4]);
}
