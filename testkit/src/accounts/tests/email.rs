//! The set-up of an email address, with what is wrong, empty or late.

use super::*;

#[test]
fn an_email_address_is_set_up_before_a_code_is_sent() {
    let mut world = world();
    let user = world.accounts.add_user(HOME, PHONE, "Ada");
    // What follows the set-up, or a code by email.
    for (kinds, next) in [
        (&[CodeKind::SetUpEmail, CodeKind::Sms][..], CodeKind::Sms),
        (&[CodeKind::SetUpEmail], CodeKind::Email),
    ] {
        world.accounts.set_code_kinds(kinds);
        let hash = world.hash(PHONE);
        assert_eq!(world.accounts.code(PHONE), None);
        let purpose = |hash: &str| {
            let (phone_number, phone_code_hash) = (PHONE.into(), hash.into());
            types::EmailVerifyPurposeLoginSetup { phone_number, phone_code_hash }.into()
        };
        let send = |purpose, email: &str| {
            let email = email.into();
            account::SendVerifyEmailCode { purpose, email }
        };
        let verify = |purpose, code: &str| {
            let verification = types::EmailVerificationCode { code: code.into() }.into();
            account::VerifyEmail { purpose, verification }
        };
        for email in ["", "ada", "@example.com", "ada@example", "a da@example.com"] {
            let refused = world.ask(1, &send(purpose(&hash), email));
            assert_eq!(refused, Err("400 EMAIL_INVALID".into()), "{email}");
        }
        let early = world.ask(1, &verify(purpose(&hash), "123456"));
        assert_eq!(early, Err("400 EMAIL_VERIFY_EXPIRED".into()));
        for (other, sent, verified) in [
            (purpose("0000"), "PHONE_HASH_EXPIRED", "EMAIL_VERIFY_EXPIRED"),
            (purpose(""), "PHONE_CODE_EMPTY", "PHONE_CODE_EMPTY"),
            (
                enums::EmailVerifyPurpose::EmailVerifyPurposeLoginChange,
                "EMAIL_NOT_SETUP",
                "EMAIL_NOT_SETUP",
            ),
        ] {
            let refused = world.ask(1, &send(other.clone(), "ada@example.com"));
            assert_eq!(refused, Err(format!("400 {sent}")));
            let refused = world.ask(1, &verify(other, "123456"));
            assert_eq!(refused, Err(format!("400 {verified}")));
        }
        let sent = world.ask(1, &send(purpose(&hash), "ada@example.com")).unwrap();
        assert_eq!((sent.email_pattern.as_str(), sent.length), ("a***@example.com", 6));
        let code = world.accounts.code(PHONE).unwrap();
        // It is no code to log in with.
        assert_eq!(world.ask(1, &sign_in(&hash, &code)), Err("400 PHONE_CODE_INVALID".into()));
        for (typed, name) in [("", "CODE_EMPTY"), ("wrong", "CODE_INVALID")] {
            let refused = world.ask(1, &verify(purpose(&hash), typed));
            assert_eq!(refused, Err(format!("400 {name}")));
        }
        let verified = world.ask(1, &verify(purpose(&hash), &code)).unwrap();
        let enums::account::EmailVerified::EmailVerifiedLogin(verified) = verified else {
            panic!("{verified:?}")
        };
        assert_eq!(verified.email, "ada@example.com");
        let enums::auth::SentCode::SentCode(sent) = verified.sent_code else { panic!() };
        let kinds: Vec<_> = world.accounts.take_codes().iter().map(|code| code.kind).collect();
        assert_eq!(kinds, [CodeKind::Email, next]);
        let code = world.accounts.code(PHONE).unwrap();
        world.ask(1, &sign_in(&sent.phone_code_hash, &code)).unwrap();
        assert_eq!(id_of(&world.ask(1, &myself()).unwrap()[0]), user);
    }
    // Too many wrong ones cost the login.
    let hash = world.hash(PHONE);
    let (phone_number, phone_code_hash) = (PHONE.to_owned(), hash);
    let purpose = types::EmailVerifyPurposeLoginSetup { phone_number, phone_code_hash };
    let email = "ada@example.com".into();
    world.ask(1, &account::SendVerifyEmailCode { purpose: purpose.clone().into(), email }).unwrap();
    let verification: enums::EmailVerification =
        types::EmailVerificationCode { code: "wrong".into() }.into();
    let purpose: enums::EmailVerifyPurpose = purpose.into();
    let wrong = account::VerifyEmail { purpose, verification };
    for name in ["CODE_INVALID"; 5].into_iter().chain(["EMAIL_VERIFY_EXPIRED"]) {
        assert_eq!(world.ask(1, &wrong), Err(format!("400 {name}")));
    }
}
