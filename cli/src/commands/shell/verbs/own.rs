//! One's own account.

use serde_json::json;
use telewire::tl::api::enums::auth::SentCode;
use telewire::tl::api::enums::help::TermsOfServiceUpdate;
use telewire::tl::api::functions::{account, help};
use telewire::tl::api::types;

use super::password;
use crate::commands::shell::Shell;
use crate::commands::shell::fault::Fault;
use crate::commands::shell::given::Given;
use crate::commands::shell::reply::Reply;
use crate::commands::shell::show::{clean, user_json, user_line};
use crate::commands::shell::table::{Kind, commands, maybe, one};

commands! {
    "set_profile_name" (one("first", Kind::Word), maybe("last", Kind::Word)) "changes one's name" => set_profile_name;
    "set_username" (one("name", Kind::Word)) "changes one's username; '' takes it away" => set_username;
    "set_phone_number" (one("phone", Kind::Word)) "moves the account to another number; asks for the code" => set_phone_number;
    "set_password" (maybe("hint", Kind::Text)) "changes the password; asks for the old and the new one" => password::set_password;
    "status_online" () "shows that one is there" => status_online;
    "status_offline" () "shows that one is not" => status_offline;
    "get_terms_of_service" () "shows Telegram's terms, if they have changed" => get_terms_of_service;
}

async fn set_profile_name(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let me = shell.client.set_name(given.text(0), given.text(1)).await?;
    Ok(Reply::silent(user_json(&me)))
}

async fn set_username(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let name = given.text(0);
    let me = shell.client.set_username(name.strip_prefix('@').unwrap_or(&name)).await?;
    Ok(Reply::silent(user_json(&me)))
}

async fn set_phone_number(shell: &mut Shell, given: Given) -> Result<Reply, Fault> {
    let phone_number = given.text(0);
    let settings = types::CodeSettings::new();
    let call = account::SendChangePhoneCode { phone_number: phone_number.clone(), settings };
    let SentCode::SentCode(sent) = shell.client.invoke(&call).await? else {
        return Err(Fault::failed("the server asks for something else than a code"));
    };
    let phone_code = shell.ask("Code")?;
    let phone_code_hash = sent.phone_code_hash.clone();
    let call = account::ChangePhone { phone_number, phone_code_hash, phone_code };
    let me = shell.client.invoke(&call).await?;
    Ok(Reply::new(user_line(&me), user_json(&me)))
}

async fn status_online(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    shell.client.set_online(true).await?;
    Ok(Reply::done())
}

async fn status_offline(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    shell.client.set_online(false).await?;
    Ok(Reply::done())
}

async fn get_terms_of_service(shell: &mut Shell, _: Given) -> Result<Reply, Fault> {
    Ok(match shell.client.invoke(&help::GetTermsOfServiceUpdate).await? {
        TermsOfServiceUpdate::TermsOfServiceUpdate(update) => {
            let text = update.terms_of_service.text;
            Reply::new(clean(&text), json!(text))
        }
        _ => Reply::said(
            "the terms have not changed since they were agreed to: https://telegram.org/tos",
        ),
    })
}
