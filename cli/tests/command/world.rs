//! `telewire serve` as several data centres that share accounts.

use std::collections::BTreeMap;

use rustix::process::Signal;
use telewire::client::{Client, InvokeOptions};
use telewire::ids::DcId;
use telewire::server::embedded_key;
use telewire::tl::Function;
use telewire::tl::api::enums::{InputUser, User};
use telewire::tl::api::functions::users::GetUsers;
use telewire::tl::wrap::functions::help::GetConfig;
use telewire::updates::Delivery;
use tokio::time::timeout;

use crate::support::{PATIENCE, Process, Served, credentials, run, text};

const PHONE: &str = "9996620001";
const TWO: DcId = DcId::production(2);
const FOUR: DcId = DcId::production(4);

/// A client that knows of the first alone.
async fn client(served: &Served) -> Client {
    let key = embedded_key().unwrap().public().clone();
    let builder = Client::builder(1, "0123456789abcdef0123456789abcdef").keys(vec![key]);
    builder.home(TWO).address(TWO, served.address).build().await.unwrap()
}

/// Calls a function at one of them.
async fn ask<F: Function + Sync>(client: &Client, dc: DcId, function: &F) -> F::Return {
    let options = InvokeOptions { dc: Some(dc), ..InvokeOptions::default() };
    timeout(PATIENCE, client.invoke_with(function, &options)).await.unwrap().unwrap()
}

#[test]
fn each_prints_its_address_and_a_command_that_connects_to_it() {
    let served = Served::start(&["--dc", "test:1", "--dc", "test:3"]);
    let addresses = served.addresses();
    assert_eq!(addresses.len(), 2, "{}", served.introduction);
    for (address, dc) in addresses.iter().zip(["test:1", "test:3"]) {
        let place = format!("Data centre {dc} on {address}\n");
        assert!(served.introduction.contains(&place), "{}", served.introduction);
        let command =
            format!("  telewire handshake --address {address} --dc {dc} --rsa embedded\n");
        assert!(served.introduction.contains(&command), "{}", served.introduction);
        let ran = run(&command.trim().split(' ').skip(1).collect::<Vec<_>>());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
    }
    let ended = served.end(Signal::TERM);
    for dc in ["test:1", "test:3"] {
        assert_eq!(ended.out.matches(&format!("{dc} key created")).count(), 1, "{}", ended.out);
    }
}

#[tokio::test]
async fn each_tells_where_all_of_them_are() {
    let served = Served::start(&["--dc", "2", "--dc", "4", "--dc", "5"]);
    let client = client(&served).await;
    let expected: BTreeMap<i32, i32> =
        [2, 4, 5].into_iter().zip(served.addresses().iter().map(|at| at.port().into())).collect();
    // The second and the third are found by what the first says.
    timeout(PATIENCE, client.refresh_config()).await.unwrap().unwrap();
    for number in [2, 4, 5] {
        let config = ask(&client, DcId::production(number), &GetConfig).await;
        assert_eq!(config.this_dc, i32::from(number));
        let told = config.dc_options.iter().map(|option| (option.id, option.port)).collect();
        assert_eq!(expected, told);
    }
    client.close().await;
}

#[tokio::test]
async fn a_login_is_transferred_from_one_to_another() {
    let served = Served::start(&["--dc", "2", "--dc", "4", "--bot", "777:abc@4"]);
    let client = client(&served).await;
    timeout(PATIENCE, client.log_in_bot("777:abc")).await.unwrap().unwrap();
    // It lives in the second.
    assert_eq!(client.home(), FOUR);
    let myself = GetUsers { id: vec![InputUser::InputUserSelf] };
    for dc in [TWO, FOUR] {
        let users = ask(&client, dc, &myself).await;
        assert!(matches!(&users[..], [User::User(user)] if user.id == 777), "{users:?}");
        assert!(client.snapshot().is_authorized(dc));
    }
    client.close().await;
}

#[test]
fn a_login_by_code_goes_to_where_the_account_lives() {
    let user = format!("{PHONE}@4=secret");
    let mut served = Served::start(&["--dc", "2", "--dc", "4", "--user", &user]);
    let (folder, credentials) = credentials(&served);
    let session = folder.path().join("session");
    let options = ["login", "--credentials", text(&credentials), "--rsa", "embedded", "--session"];
    let options = [&options[..], &[text(&session)]].concat();
    let mut login = Process::talk(&options);
    login.say(PHONE);
    login.say(&served.code(PHONE));
    login.wait_for("Password: ");
    login.say("secret");
    let ran = login.wait();
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    // The next run goes there at once.
    let ran = run(&options);
    assert!(ran.out.starts_with("Logged in as Somebody, number "), "{}{}", ran.out, ran.err);
    let ended = served.end(Signal::TERM);
    for (dc, keys) in [("prod:2", 1), ("prod:4", 1)] {
        let created = format!("{dc} key created");
        assert_eq!(ended.out.matches(&created).count(), keys, "{}", ended.out);
    }
}

#[test]
fn data_centres_and_homes_that_do_not_fit_are_told() {
    for (options, sentence) in [
        (&["--dc", "2", "--dc", "2"][..], "error: --dc: data centre prod:2 is named twice"),
        (&["--dc", "2", "--dc", "test:1"], "error: --dc: those of the test environment"),
        (&["--user", "9996620001@4"], "error: --user: data centre 4 is not among those of --dc"),
        (&["--bot", "7:a@x"], "error: invalid value '7:a@x'"),
    ] {
        let ran = run(&[&["serve"], options].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{options:?}");
        assert!(ran.err.starts_with(sentence), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_world_of_a_file_is_there_from_the_start() {
    use telewire::tl::api::functions::messages::GetMessages;
    use telewire::tl::api::{enums, types};
    let example = run(&["serve", "--example-world"]);
    assert_eq!((example.code, example.err.as_str()), (0, ""));
    let (_folder, path) = crate::support::folder_with("world.toml", &example.out);
    let served = Served::start(&["--world", text(&path)]);
    let client = client(&served).await;
    timeout(PATIENCE, client.log_in_bot("777000777:example")).await.unwrap().unwrap();
    let find = telewire::tl::api::functions::contacts::ResolveUsername {
        username: "lovelace".into(),
        referer: None,
    };
    let found = ask(&client, TWO, &find).await;
    let [User::User(ada)] = &found.users[..] else { panic!("{found:?}") };
    assert_eq!(ada.last_name.as_deref(), Some("Lovelace"));
    // Bots have no histories: they ask by numbers.
    let first = GetMessages { id: vec![types::InputMessageId { id: 1 }.into()] };
    let answer = ask(&client, TWO, &first).await;
    let enums::messages::Messages::Messages(all) = answer else { panic!("{answer:?}") };
    let [enums::Message::Message(message)] = &all.messages[..] else { panic!("{all:?}") };
    let from = enums::Peer::from(types::PeerUser { user_id: ada.id });
    assert_eq!((&*message.message, &message.peer_id), ("/start", &from));
    client.close().await;
}

#[test]
fn a_file_that_is_no_world_is_told() {
    for (file, says) in [
        ("[[person]]", "missing field"),
        ("[[message]]\nfrom = 'a'\nto = 'b'\ntext = 'c'", "nobody is called \"a\""),
        ("[[bot]]\ntoken = '7:a'\nname = 'B'\nusername = '1'", "USERNAME_INVALID"),
        ("[[person]]\nphone = '99966'\nname = 'A'\ndc = 9", "data centre 9 is not among"),
        ("[[person]]\nphone = '12'\nname = 'A'", "\"12\" is no phone number"),
        ("[[person]]\nphone = '99966'\nname = ''", "the name of 99966 is empty"),
        (
            "[[person]]\nphone = '99966'\nname = 'A'\n[[person]]\nphone = '+999 66'\nname = 'B'",
            "the phone number +999 66 is there twice",
        ),
        (
            "[[person]]\nphone = '99966'\nname = 'A'\npassword = ''",
            "the password of 99966 is empty",
        ),
        (
            "[[bot]]\ntoken = '7:a'\nname = 'B'\n[[bot]]\ntoken = '7:b'\nname = 'C'",
            "the bot of number 7 is there twice",
        ),
    ] {
        let (_folder, path) = crate::support::folder_with("world.toml", file);
        let ran = run(&["serve", "--world", text(&path)]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{file}");
        assert!(ran.err.contains(says), "{}", ran.err);
        if !says.contains("missing field") {
            assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        }
    }
    // Nor may the options name who is there.
    let world = "[[person]]\nphone = '99966'\nname = 'A'\n[[bot]]\ntoken = '7:a'\nname = 'B'";
    let (_folder, path) = crate::support::folder_with("world.toml", world);
    for (option, value, says) in [
        ("--user", "99966", "error: --user: the phone number 99966 is there twice\n"),
        ("--bot", "7:b", "error: --bot: the bot of number 7 is there twice\n"),
    ] {
        let ran = run(&["serve", "--world", text(&path), option, value]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", says));
    }
}

/// The texts of new messages, of an update.
fn new_text(update: &Delivery) -> Option<&str> {
    match update.new_message()? {
        telewire::tl::api::enums::Message::Message(message) => Some(&message.message),
        _ => None,
    }
}

#[tokio::test]
async fn what_is_scheduled_is_sent_though_nobody_calls() {
    use telewire::tl::api::functions::contacts::ResolveUsername;
    use telewire::tl::api::functions::messages::SendMessage;
    use telewire::tl::api::types;
    let example = run(&["serve", "--example-world"]);
    let (_folder, path) = crate::support::folder_with("world.toml", &example.out);
    let mut served = Served::start(&["--world", text(&path)]);
    let bot = client(&served).await;
    timeout(PATIENCE, bot.log_in_bot("777000777:example")).await.unwrap().unwrap();
    let mut heard = bot.updates();
    let charles = client(&served).await;
    let login = timeout(PATIENCE, charles.send_code("9996620002")).await.unwrap().unwrap();
    let code = served.code("9996620002");
    timeout(PATIENCE, login.submit(&code)).await.unwrap().unwrap();
    let find = ResolveUsername { username: "echo_bot".into(), referer: None };
    let found = ask(&charles, TWO, &find).await;
    let [User::User(echo)] = &found.users[..] else { panic!("{found:?}") };
    let (user_id, access_hash) = (echo.id, echo.access_hash.unwrap());
    let peer = types::InputPeerUser { user_id, access_hash }.into();
    let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let soon = i32::try_from(unix.as_secs()).unwrap() + 2;
    let request =
        SendMessage { schedule_date: Some(soon), ..SendMessage::new(peer, "later".into(), 1) };
    ask(&charles, TWO, &request).await;
    let came = timeout(PATIENCE, async {
        loop {
            let update = heard.next().await.unwrap().unwrap();
            if let Some(text) = new_text(&update) {
                return text.to_owned();
            }
        }
    });
    assert_eq!(came.await.unwrap(), "later");
    bot.close().await;
    charles.close().await;
    let ended = served.end(Signal::TERM);
    assert!(ended.out.contains("Happened:\n"), "{}", ended.out);
    for name in ["session created", "login code", "calls answered", "updates told"] {
        assert!(ended.out.contains(&format!("  {name}\n")), "{name} in {}", ended.out);
    }
}

#[test]
fn what_happens_is_told_to_programs_an_object_a_line() {
    let mut served = Process::start(&["serve", "--json"]);
    let line = served.wait_for("listening");
    let first: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    let address = first["address"].as_str().unwrap().to_owned();
    let ran = run(&["handshake", "--address", &address, "--dc", "2", "--rsa", "embedded"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    served.wait_for("session created");
    served.signal(Signal::TERM);
    let ran = served.wait();
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events.first(), Some(&"listening"));
    for name in ["key created", "session created"] {
        let line = lines.iter().find(|line| line["event"] == name).unwrap();
        assert_eq!((&line["address"], &line["dc"]), (&"127.0.0.1".into(), &"prod:2".into()));
        let counted =
            lines.iter().find(|line| line["event"] == "counted" && line["details"] == name);
        assert_eq!(counted.unwrap()["count"], 1, "{name}");
    }
    let calls = lines.iter().find(|line| line["details"] == "calls answered").unwrap();
    assert_eq!((&calls["event"], &calls["count"]), (&"counted".into(), &0.into()));
    assert_eq!(events.last(), Some(&"stopped"));
    assert!(lines.iter().all(|line| line["date"].as_str().unwrap().ends_with('Z')));
}

#[test]
fn the_long_help_tells_of_clients_of_others_and_of_each_event() {
    let (short, long) = (run(&["serve", "-h"]), run(&["serve", "--help"]));
    assert_eq!((short.code, long.code), (0, 0));
    let parts =
        ["Telethon:", "pyrogram and kurigram", "gramjs, which", "mtcute:", "cargo build --release"];
    for part in parts.into_iter().chain(["key bound", "lines lost", "counted", "stopped"]) {
        assert!(long.out.contains(part) && !short.out.contains(part), "{part}");
    }
    assert!(long.out.contains("Exit code:") && short.out.contains("Exit code:"));
    // No line is wrapped that a program is made of.
    let line = "  rsa.add_key(open(\"dc.pem.pub\").read(), old=False)\n";
    assert!(long.out.contains(line), "{}", long.out);
}
