//! KX-22: nothing secret is printed.

use super::*;

/// Every way to print 8 bytes of a secret that comes to mind.
fn appears(text: &str, secret: &[u8]) -> bool {
    let text = text.to_lowercase();
    secret.windows(8).any(|part| {
        let plain = part.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        text.contains(&hex::encode(part)) || text.contains(&plain)
    })
}

#[test]
fn kx_22_no_secret_is_in_any_debug_output() {
    let mut script = Script::new();
    let mut printed = String::new();
    let answers: [fn(&Script) -> Vec<u8>; 3] = [
        |script| packet(&script.res_pq()),
        |script| packet(&script.dh_params(|_| {})),
        |script| packet(&script.dh_gen_ok()),
    ];
    for answer in answers {
        let answer = answer(&script);
        script.client.handle_packet(at(0), &answer, 0, &mut script.entropy).unwrap();
        printed.push_str(&format!("{:?}", script.client));
        if let Some(work) = script.client.poll_work() {
            printed.push_str(&format!("{work:?}"));
            let done = work.run();
            printed.push_str(&format!("{done:?}"));
            script.client.handle_work(at(0), done, &mut script.entropy).unwrap();
        }
        let mut turns = Turns::default();
        while let Some(step) = turns.count(script.client.poll_step()) {
            printed.push_str(&format!("{step:?}"));
            match step {
                Step::ReqDhParams { new_nonce, .. } => script.new_nonce = Some(new_nonce),
                Step::SetClientDhParams { g_b, .. } => script.g_b = Some(*g_b),
                _ => {}
            }
        }
    }
    let outcome = script.client.poll_outcome().unwrap();
    let new_nonce = script.new_nonce.as_ref().unwrap().expose();
    let tmp = tmp_aes(&*script.suite, new_nonce, &script.server_nonce);
    printed.push_str(&format!("{outcome:?}{tmp:?}"));
    for secret in [&new_nonce[..], outcome.auth_key.expose(), tmp.key.expose(), tmp.iv.expose()] {
        assert!(!appears(&printed, secret));
    }
    // What is public is there, so the check can see.
    assert!(appears(&format!("{:?}", script.nonce), &script.nonce));
    assert!(appears(&hex::encode_upper(script.nonce), &script.nonce));
}

#[test]
fn kx_22_errors_do_not_echo_nonces() {
    let mut script = Script::new();
    let answer = types::ResPq { nonce: [0xee; 16], ..script.res_pq() };
    let error = script.say(&answer).unwrap_err();
    for printed in [format!("{error:?}"), error.to_string()] {
        assert!(!appears(&printed, &script.nonce) && !appears(&printed, &[0xee; 16]));
    }
}
