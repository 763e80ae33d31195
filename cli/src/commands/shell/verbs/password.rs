//! A new password, which is proved and set without ever being told. Source: <https://core.telegram.org/api/srp>.

use telewire::crypto::Entropy;
use telewire::crypto::srp::{SrpParams, SrpProof};
use telewire::net::OsEntropy;
use telewire::tl::api::enums::{InputCheckPasswordSrp, PasswordKdfAlgo};
use telewire::tl::api::functions::account::{GetPassword, UpdatePasswordSettings};
use telewire::tl::api::groups;
use telewire::tl::api::types::account::PasswordInputSettings;
use telewire::tl::api::types::{
    InputCheckPasswordSrp as Proof,
    PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow as Algorithm,
};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;

/// Random bytes that the client adds to the salt of a new password: as many as Telegram's own clients.
const SALT: usize = 32;

pub(super) async fn set_password(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let password = shell.client.invoke(&GetPassword).await?;
    let PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(
        mut algorithm,
    ) = password.new_algo
    else {
        return Err(unknown());
    };
    let proof = match password.current_algo {
        Some(question) => {
            let old = shell.ask_hidden("The password of now")?;
            let srp_id = question.srp_id;
            let SrpProof { g_a, m1 } = prove(old, *question).await?;
            Proof { srp_id, a: g_a.to_vec().into(), m1: m1.to_vec().into() }.into()
        }
        None => InputCheckPasswordSrp::InputCheckPasswordEmpty,
    };
    let new = shell.ask_hidden("The new password")?;
    if new.is_empty() {
        return Err(Fault::Usage("a password has one character at least".to_owned()));
    }
    if *new != *shell.ask_hidden("The new password again")? {
        return Err(Fault::Usage("the two are not the same: nothing was changed".to_owned()));
    }
    let mut entropy = OsEntropy::new().map_err(Fault::failed)?;
    let mut more = [0; SALT];
    entropy.fill(&mut more);
    algorithm.salt1 = [algorithm.salt1.to_vec(), more.to_vec()].concat().into();
    let new_password_hash = verifier(new, (*algorithm).clone()).await?;
    let hint = given.text(0);
    let group = groups::account::PasswordInputSettingsNewAlgo {
        new_algo:
            PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(
                algorithm,
            ),
        new_password_hash: new_password_hash.into(),
        hint,
    };
    let new_settings =
        PasswordInputSettings { new_algo: Some(Box::new(group)), ..PasswordInputSettings::new() };
    shell.client.invoke(&UpdatePasswordSettings { password: proof, new_settings }).await?;
    Ok(Reply::done())
}

fn unknown() -> Fault {
    Fault::failed("the server wants passwords in a way that this program does not know")
}

/// A tenth of a second of work, off the thread that moves bytes.
async fn prove(
    password: Zeroizing<String>,
    question: groups::account::PasswordCurrentAlgo,
) -> Result<SrpProof, Fault> {
    let PasswordKdfAlgo::PasswordKdfAlgoSha256sha256pbkdf2hmacsha512iter100000Sha256ModPow(of) =
        question.current_algo
    else {
        return Err(unknown());
    };
    let work = spawn_blocking(move || {
        let mut entropy = OsEntropy::new().map_err(Fault::failed)?;
        let params = params(&of, &mut entropy)?;
        params.prove(password.as_bytes(), &question.srp_b, &mut entropy).map_err(Fault::failed)
    });
    work.await.map_err(Fault::failed)?
}

async fn verifier(password: Zeroizing<String>, algorithm: Algorithm) -> Result<Vec<u8>, Fault> {
    let work = spawn_blocking(move || {
        let mut entropy = OsEntropy::new().map_err(Fault::failed)?;
        let params = params(&algorithm, &mut entropy)?;
        let verifier = params.verifier(password.as_bytes()).map_err(Fault::failed)?;
        Ok(verifier.expose().to_vec())
    });
    work.await.map_err(Fault::failed)?
}

fn params(algorithm: &Algorithm, entropy: &mut OsEntropy) -> Result<SrpParams, Fault> {
    let (salt1, salt2) = (algorithm.salt1.to_vec(), algorithm.salt2.to_vec());
    SrpParams::new(salt1, salt2, algorithm.g, &algorithm.p, entropy).map_err(Fault::failed)
}
