//! Clients against one data centre, over the whole protocol: of several layers, and with sessions that went.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use telewire::connection::{Config, Connection, Event};
use telewire::crypto::{KeyId, SeededEntropy, real};
use telewire::framing::Framing;
use telewire::ids::{DcId, SessionId};
use telewire::rpc::{Request, RpcError};
use telewire::server::{Caller, DataCentre, Dispatcher, LinkId, embedded_key, exchange};
use telewire::session;
use telewire::time::Now;
use telewire::tl::api::{enums, functions};
use telewire::tl::wrap::functions::{InitConnection, InvokeWithLayer, InvokeWithoutUpdates};
use telewire::tl::{Deserialize, Object, Repeat, Serialize};
use telewire_codegen::dynamic::{Codec, Value, arbitrary};
use telewire_codegen::layers::Layers;
use telewire_testkit::World;
use telewire_testkit::layers::AnyLayer;

const NOW: Now = Now { mono: Duration::ZERO, unix: Duration::from_secs(1_705_754_876) };

/// What clients of old layers speak, one that nobody has a copy of, and the newest.
const LAYERS: [i32; 6] = [135, 137, 158, 198, 229, 230];

fn layers() -> Layers<'static> {
    Layers::parse(telewire::schema::HISTORY_TL).unwrap()
}

fn codec<'l>(layers: &'l Layers<'static>, layer: i32) -> Codec<'l> {
    layers.codec(layer.try_into().unwrap()).unwrap()
}

/// The bytes of a definition with as little as it can have.
fn least(codec: &Codec<'_>, name: &str, set: &[(&str, Value)]) -> Vec<u8> {
    let mut value = arbitrary(codec, codec.named(name)[0], &mut || 0, 0);
    let Value::Object(object) = &mut value else { panic!("{value}") };
    for (name, value) in set {
        let params = &codec.with_id(object.id)[0].body().params;
        assert!(params.iter().any(|param| param.name == *name), "{name}");
        object.fields.retain(|(of, _)| of != name);
        object.fields.push(((*name).to_owned(), value.clone()));
    }
    codec.encode(&value).unwrap()
}

/// What the data centre was asked: what was sent, and what it answers.
type Sent = Arc<Mutex<Vec<functions::messages::SendMessage>>>;

fn data_centre(user: Vec<u8>, updates: Vec<u8>, compress: bool) -> (DataCentre, Sent) {
    let sent = Sent::default();
    let mut dispatcher = Dispatcher::new();
    dispatcher.translate_with(AnyLayer);
    if compress {
        dispatcher.compress_from(1);
    }
    dispatcher.on(move |_, _: functions::users::GetUsers| {
        let many = [&user[..]; 20];
        many.map(|user| enums::User::from_bytes(user).map_err(|_| RpcError::parse(500, "USER")))
            .into_iter()
            .collect()
    });
    let heard = sent.clone();
    dispatcher.on(move |_, message: functions::messages::SendMessage| {
        heard.lock().unwrap().push(message);
        enums::Updates::from_bytes(&updates).map_err(|_| RpcError::parse(500, "UPDATES"))
    });
    let dc = DcId::production(2);
    let config = exchange::Config::new(dc, vec![embedded_key().unwrap()], real());
    (DataCentre::new(config, dispatcher, SeededEntropy::new(2)), sent)
}

struct Client {
    connection: Connection,
    link: Option<LinkId>,
    updates: Vec<Object>,
}

impl Client {
    fn new() -> Self {
        let key = embedded_key().unwrap().public().clone();
        let config = Config::new(DcId::production(2), vec![key], real());
        let connection = Connection::new(config, NOW, Box::new(SeededEntropy::new(1)));
        Self { connection, link: None, updates: Vec::new() }
    }

    fn call(&mut self, dc: &mut DataCentre, body: Vec<u8>) -> Result<Object, String> {
        let call = self.connection.call(NOW, Request::from_bytes(body, Repeat::Safe)).unwrap();
        for _ in 0..100 {
            self.turn(dc);
            while let Some(event) = self.connection.poll_event() {
                match event {
                    Event::Session(session::Event::Answer { call: of, result }) if of == call => {
                        return result.map_err(|error| error.to_string());
                    }
                    Event::Session(session::Event::Update(update)) => self.updates.push(update),
                    Event::Disconnected { why } => panic!("{why}"),
                    _ => {}
                }
            }
        }
        panic!("no answer");
    }

    /// Hands over what both have to send.
    fn turn(&mut self, dc: &mut DataCentre) {
        if self.connection.poll_connect(NOW).is_some() {
            self.link = Some(dc.handle_connected());
            self.connection.handle_connected(NOW, Framing::Intermediate);
        }
        let link = self.link.unwrap();
        let mut bytes = Vec::new();
        while self.connection.poll_transmit(NOW, &mut bytes) {}
        dc.handle_input(NOW, link, &bytes);
        while let Some((link, work)) = dc.poll_work() {
            dc.handle_work(NOW, link, work.run());
        }
        while let Some(frame) = dc.poll_transmit(NOW, link) {
            self.connection.handle_input(NOW, &frame);
        }
        while let Some(work) = self.connection.poll_work() {
            self.connection.handle_work(NOW, work.run());
        }
    }

    fn place(&self, dc: &DataCentre) -> (KeyId, SessionId) {
        dc.session_of(self.link.unwrap()).unwrap()
    }
}

fn said(layer: i32, query: Vec<u8>) -> Vec<u8> {
    let query = InitConnection {
        api_id: 1,
        device_model: "a test".into(),
        system_version: "1".into(),
        app_version: "1".into(),
        system_lang_code: "en".into(),
        lang_pack: String::new(),
        lang_code: "en".into(),
        proxy: None,
        params: None,
        query: Object::from(query),
    };
    InvokeWithLayer { layer, query: Object::new(&query) }.to_bytes()
}

#[test]
fn a_client_of_any_layer_calls_is_answered_and_hears_updates() {
    let layers = layers();
    let newest = codec(&layers, 230);
    let user = least(
        &newest,
        "user",
        &[("id", Value::Long(777)), ("first_name", Value::String("Ada".into()))],
    );
    let updates = least(&newest, "updateShortSentMessage", &[("id", Value::Int(9))]);
    let status = least(&newest, "updateShort", &[("date", Value::Int(5))]);
    let status: enums::Updates = Deserialize::from_bytes(&status).unwrap();
    for layer in LAYERS {
        for compress in [false, true] {
            let theirs = codec(&layers, layer);
            let (mut dc, sent) = data_centre(user.clone(), updates.clone(), compress);
            let mut client = Client::new();
            let get = least(&theirs, "users.getUsers", &[("id", Value::Vector(vec![]))]);
            // With its layer, and without.
            for call in [said(layer, get.clone()), get] {
                let users = client.call(&mut dc, call).unwrap();
                let users = theirs
                    .decode_as(&theirs.result_of("users.getUsers").unwrap(), users.as_bytes());
                let Ok(Value::Vector(users)) = users else { panic!("{layer}: {users:?}") };
                assert_eq!(users.len(), 20);
                assert_eq!(users[0].field("id"), Some(&Value::Long(777)));
                assert_eq!(users[0].field("first_name"), Some(&Value::String("Ada".into())));
            }
            let key = client.place(&dc).0;
            assert_eq!(dc.layer_of(key), Some(layer));

            let text = ("message", Value::String("hello".into()));
            let message = if layer < 160 {
                least(&theirs, "messages.sendMessage", &[text, ("reply_to_msg_id", Value::Int(3))])
            } else {
                least(&theirs, "messages.sendMessage", &[text])
            };
            let answer = client.call(&mut dc, message).unwrap();
            assert_eq!(theirs.decode(answer.as_bytes()).unwrap().field("id"), Some(&Value::Int(9)));
            let heard = sent.lock().unwrap().pop().unwrap();
            assert_eq!(heard.message, "hello");
            let reply = heard.reply_to.map(|reply| match reply {
                enums::InputReplyTo::InputReplyToMessage(reply) => reply.reply_to_msg_id,
                other => panic!("{other:?}"),
            });
            assert_eq!(reply, (layer < 160).then_some(3));

            let (key, session) = client.place(&dc);
            assert!(dc.push(NOW, key, session, &status));
            let ping = client
                .call(&mut dc, least(&theirs, "users.getUsers", &[("id", Value::Vector(vec![]))]));
            assert!(ping.is_ok());
            let [update] = &client.updates[..] else { panic!("{:?}", client.updates) };
            assert_eq!(
                theirs.decode(update.as_bytes()).unwrap().field("date"),
                Some(&Value::Int(5))
            );
        }
    }
}

#[test]
fn a_client_of_a_layer_that_there_is_no_copy_of_is_told() {
    let layers = layers();
    let newest = codec(&layers, 230);
    let (mut dc, _) = data_centre(vec![], vec![], false);
    let mut client = Client::new();
    for layer in [134, 231, -1] {
        let error =
            client.call(&mut dc, said(layer, least(&newest, "help.getConfig", &[]))).unwrap_err();
        assert!(error.contains("CONNECTION_LAYER_INVALID"), "{error}");
    }
    assert_eq!(dc.layer_of(client.place(&dc).0), None);
}

/// A call in the newest layer.
fn call<F: Serialize>(request: &F) -> Vec<u8> {
    said(230, request.to_bytes())
}

#[test]
fn um_09_a_session_that_is_gone_has_another_in_its_place_that_is_to_get_updates() {
    let two = DcId::production(2);
    let world = World::new(SeededEntropy::new(1));
    let (ada, bob) = (world.user("Ada"), world.user("Bob"));
    let mut dispatcher = Dispatcher::new();
    world.register(two, &mut dispatcher);
    let config = exchange::Config::new(two, vec![embedded_key().unwrap()], real());
    let mut dc = DataCentre::new(config, dispatcher, SeededEntropy::new(2));
    // Calls of a session that the data centre knows nothing of: it is gone.
    let mut elsewhere = Dispatcher::new();
    world.register(two, &mut elsewhere);
    let mut from_gone = |key| {
        let session = SessionId(99);
        let caller = Caller { key, session, now: NOW, layer: None, wants_updates: true };
        elsewhere.answer(caller, &functions::updates::GetState.to_bytes()).unwrap();
    };
    let mut client = Client::new();
    client.call(&mut dc, call(&functions::help::GetNearestDc)).unwrap();
    let (key, _) = client.place(&dc);
    world.authorize(two, key, ada.id()).unwrap();
    from_gone(key);
    let state = functions::updates::GetState;
    let quiet = InvokeWithoutUpdates { query: Object::new(&state) };
    client.call(&mut dc, call(&quiet)).unwrap();
    let heard = |client: &mut Client, dc: &mut DataCentre| {
        client.updates.clear();
        world.say(bob.id(), ada.id(), "hello", NOW.unix).unwrap();
        world.deliver(two, dc, NOW);
        client.call(dc, call(&quiet)).unwrap();
        let all = client.updates.iter().map(|update| enums::Updates::from_bytes(update.as_bytes()));
        let all: Vec<_> = all.map(Result::unwrap).collect();
        let is_new = |all: &&enums::Updates| match all {
            enums::Updates::Updates(all) => {
                matches!(all.updates[..], [enums::Update::UpdateNewMessage(_)])
            }
            _ => false,
        };
        all.iter().filter(is_new).count()
    };
    // Its other session said that it wants none.
    assert_eq!(heard(&mut client, &mut dc), 0);
    // It does now, and is told though it is not the latest.
    client.call(&mut dc, call(&state)).unwrap();
    from_gone(key);
    assert_eq!(heard(&mut client, &mut dc), 1);
    // What it was not told, it asks for.
    let missed = functions::updates::GetDifference::new(1, 1, 0);
    let answer = client.call(&mut dc, call(&missed)).unwrap();
    let missed = enums::updates::Difference::from_bytes(answer.as_bytes()).unwrap();
    let enums::updates::Difference::Difference(missed) = missed else { panic!("{missed:?}") };
    assert_eq!(missed.new_messages.len(), 2);
}
