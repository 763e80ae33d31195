//! Setting, changing and taking away a password.

use telewire::tl::api::functions::account::UpdatePasswordSettings;
use telewire::tl::api::groups;
use telewire::tl::api::types::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow as Algorithm;
use telewire::tl::api::types::account::PasswordInputSettings;

use super::*;

fn algorithm(of: enums::PasswordKdfAlgo) -> Algorithm {
    let enums::PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(
        of,
    ) = of
    else {
        panic!()
    };
    *of
}

fn params(of: &Algorithm) -> SrpParams {
    let (salt1, salt2) = (of.salt1.to_vec(), of.salt2.to_vec());
    SrpParams::new(salt1, salt2, of.g, &of.p, &mut SeededEntropy::new(9)).unwrap()
}

fn asked(script: &mut Script) -> types::account::Password {
    script.ask(1, &account::GetPassword).unwrap()
}

/// That one knows the password; nothing if there is none.
fn proof(asked: &types::account::Password, password: &str) -> enums::InputCheckPasswordSrp {
    let Some(question) = asked.current_algo.as_deref().cloned() else {
        return enums::InputCheckPasswordSrp::InputCheckPasswordEmpty;
    };
    let params = params(&algorithm(question.current_algo));
    let mut entropy = SeededEntropy::new(8);
    let proof = params.prove(password.as_bytes(), &question.srp_b, &mut entropy).unwrap();
    let (a, m1) = (proof.g_a.to_vec().into(), proof.m1.to_vec().into());
    types::InputCheckPasswordSrp { srp_id: question.srp_id, a, m1 }.into()
}

fn settings(new_algo: enums::PasswordKdfAlgo, hash: Vec<u8>) -> PasswordInputSettings {
    let group = groups::account::PasswordInputSettingsNewAlgo {
        new_algo,
        new_password_hash: hash.into(),
        hint: "a hint".into(),
    };
    PasswordInputSettings { new_algo: Some(Box::new(group)), ..PasswordInputSettings::new() }
}

/// What a client asks for that sets another password.
fn change(script: &mut Script, old: &str, new: &str) -> UpdatePasswordSettings {
    let asked = asked(script);
    let password = proof(&asked, old);
    let mut of = algorithm(asked.new_algo);
    of.salt1 = [of.salt1.to_vec(), vec![7; 32]].concat().into();
    let hash = params(&of).verifier(new.as_bytes()).unwrap().expose().to_vec();
    UpdatePasswordSettings { password, new_settings: settings(of.into(), hash) }
}

#[test]
fn a_password_is_set_changed_and_taken_away_by_who_knows_the_one_before() {
    let mut world = world();
    world.accounts.add_user(HOME, PHONE, "Ada");
    let (hash, code) = world.code(PHONE);
    world.ask(1, &sign_in(&hash, &code)).unwrap();
    assert_eq!(asked(&mut world).current_algo, None);
    let first = change(&mut world, "", "first");
    assert_eq!(world.ask(1, &first), Ok(true));
    assert_eq!(asked(&mut world).hint.as_deref(), Some("a hint"));
    for (old, error) in [("wrong", "PASSWORD_HASH_INVALID"), ("", "PASSWORD_HASH_INVALID")] {
        let wrong = change(&mut world, old, "second");
        assert_eq!(world.ask(1, &wrong), Err(format!("400 {error}")));
    }
    let mut empty = change(&mut world, "first", "second");
    empty.password = enums::InputCheckPasswordSrp::InputCheckPasswordEmpty;
    assert_eq!(world.ask(1, &empty), Err("400 PASSWORD_HASH_INVALID".into()));
    let second = change(&mut world, "first", "second");
    assert_eq!(world.ask(1, &second), Ok(true));
    // What was asked before is not asked any more.
    assert_eq!(world.ask(1, &second), Err("400 SRP_ID_INVALID".into()));
    // Whoever logs in now needs the new one.
    let needed = "401 SESSION_PASSWORD_NEEDED";
    let sent = world.ask(2, &send(PHONE)).unwrap();
    let enums::auth::SentCode::SentCode(sent) = sent else { panic!() };
    let code = world.accounts.code(PHONE).unwrap();
    assert_eq!(world.ask(2, &sign_in(&sent.phone_code_hash, &code)), Err(needed.into()));
    for (password, is_right) in [("first", false), ("second", true)] {
        let asked = world.ask(2, &account::GetPassword).unwrap();
        let password = proof(&asked, password);
        assert_eq!(world.ask(2, &auth::CheckPassword { password }).is_ok(), is_right);
    }
    let asked_now = asked(&mut world);
    let none = UpdatePasswordSettings {
        password: proof(&asked_now, "second"),
        new_settings: settings(enums::PasswordKdfAlgo::PasswordKdfAlgoUnknown, Vec::new()),
    };
    assert_eq!(world.ask(1, &none), Ok(true));
    assert_eq!(asked(&mut world).current_algo, None);
}

#[test]
fn passwords_that_cannot_be_kept_are_refused() {
    let mut world = world();
    world.accounts.add_user(HOME, PHONE, "Ada");
    let (hash, code) = world.code(PHONE);
    world.ask(1, &sign_in(&hash, &code)).unwrap();
    let refused =
        |world: &mut Script, error: &str, spoil: &dyn Fn(&mut Algorithm, &mut Vec<u8>)| {
            let mut request = change(world, "", "new");
            let group = request.new_settings.new_algo.as_deref_mut().unwrap();
            let (mut of, mut hash) =
                (algorithm(group.new_algo.clone()), group.new_password_hash.to_vec());
            spoil(&mut of, &mut hash);
            (group.new_algo, group.new_password_hash) = (of.into(), hash.into());
            assert_eq!(world.ask(1, &request), Err(format!("400 {error}")));
        };
    refused(&mut world, "NEW_SALT_INVALID", &|of, _| of.salt1 = vec![1; 64].into());
    refused(&mut world, "NEW_SALT_INVALID", &|of, _| of.salt1 = of.salt1[..32].to_vec().into());
    refused(&mut world, "NEW_SALT_INVALID", &|of, _| of.salt2 = vec![1; 32].into());
    refused(&mut world, "NEW_SETTINGS_INVALID", &|of, _| of.g = 4);
    refused(&mut world, "NEW_SETTINGS_INVALID", &|of, _| of.p = vec![1; 256].into());
    refused(&mut world, "NEW_SETTINGS_INVALID", &|_, hash| hash.truncate(255));
    // Salts are good for one password.
    let used = change(&mut world, "", "new");
    assert_eq!(world.ask(1, &used), Ok(true));
    for (new_settings, error) in [
        (PasswordInputSettings::new(), "NEW_SETTINGS_EMPTY"),
        (settings(enums::PasswordKdfAlgo::PasswordKdfAlgoUnknown, vec![1]), "NEW_SETTINGS_INVALID"),
        (used.new_settings, "NEW_SALT_INVALID"),
    ] {
        let asked = asked(&mut world);
        // Another has not been offered salts for these.
        world.accounts.state().auth.offered.retain(|_| false);
        let password = proof(&asked, "new");
        let request = UpdatePasswordSettings { password, new_settings };
        assert_eq!(world.ask(1, &request), Err(format!("400 {error}")));
    }
}
