//! `langpack.*`: there is one language, and all of it is in the clients.

use telewire::rpc::RpcError;
use telewire::tl::api::functions::langpack::{
    GetDifference, GetLangPack, GetLanguage, GetLanguages, GetStrings,
};
use telewire::tl::api::{enums, types};

use crate::methods::Registry;
use crate::world::invalid;

/// The one language.
const CODE: &str = "en";

/// The version of its strings, of which none is changed.
const VERSION: i32 = 1;

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open_but_to_bots(|_, _, request: &GetLanguages| {
        checked(&request.lang_pack, CODE).map(|()| vec![english()])
    });
    registry.open_but_to_bots(|_, _, request: &GetLanguage| {
        checked(&request.lang_pack, &request.lang_code).map(|()| english())
    });
    registry.open_but_to_bots(|_, _, request: &GetLangPack| {
        checked(&request.lang_pack, &request.lang_code).map(|()| strings(0))
    });
    registry.open_but_to_bots(|_, _, request: &GetDifference| {
        let GetDifference { lang_pack, lang_code, from_version } = request;
        checked(lang_pack, lang_code).map(|()| strings(*from_version))
    });
    registry.open_but_to_bots(|_, _, request: &GetStrings| {
        checked(&request.lang_pack, &request.lang_code)?;
        let keys = request.keys.iter().cloned();
        let deleted = keys.map(|key| types::LangPackStringDeleted { key }.into());
        Ok(deleted.collect::<Vec<enums::LangPackString>>())
    });
}

fn checked(pack: &str, code: &str) -> Result<(), RpcError> {
    match (pack, code) {
        ("", _) => Err(invalid("LANG_PACK_INVALID")),
        (_, CODE) => Ok(()),
        _ => Err(invalid("LANG_CODE_NOT_SUPPORTED")),
    }
}

fn strings(from_version: i32) -> types::LangPackDifference {
    let (lang_code, version) = (CODE.to_owned(), VERSION);
    types::LangPackDifference { lang_code, from_version, version, strings: Vec::new() }
}

fn english() -> types::LangPackLanguage {
    types::LangPackLanguage {
        official: true,
        rtl: false,
        beta: false,
        name: "English".into(),
        native_name: "English".into(),
        lang_code: CODE.into(),
        base_lang_code: None,
        plural_code: CODE.into(),
        strings_count: 0,
        translated_count: 0,
        translations_url: String::new(),
    }
}
