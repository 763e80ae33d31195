//! What clients ask when they start.

use telewire::tl::Function;
use telewire::tl::api::functions::{account, contacts, help, langpack, messages, photos};
use telewire::tl::api::{enums, types};

use super::{Device, Script};

const UNREGISTERED: &str = "401 AUTH_KEY_UNREGISTERED";
const NOT_FOR_BOTS: &str = "400 BOT_METHOD_INVALID";

/// A method for people: strangers and bots are refused, and people have an answer.
fn for_people<F: Function>(script: &mut Script, all: [Device; 2], request: &F) -> F::Return {
    let [person, bot] = all;
    assert_eq!(script.ask_stranger(request).err().as_deref(), Some(UNREGISTERED));
    assert_eq!(script.ask(bot, request).err().as_deref(), Some(NOT_FOR_BOTS));
    script.ask(person, request).unwrap()
}

#[test]
fn lists_of_what_nobody_has_are_empty_and_for_people() {
    let mut script = Script::new();
    let all = [script.user("Ada"), script.bot("Echo")];
    macro_rules! empty {
        ($($ask:expr => $pattern:pat if $is:expr),* $(,)?) => {$(
            let answer = for_people(&mut script, all, &$ask);
            assert!(matches!(&answer, $pattern if $is), "{answer:?}");
        )*};
    }
    use enums::messages::{
        AllStickers, AvailableEffects, FavedStickers, FeaturedStickers, RecentStickers, SavedGifs,
        Stickers,
    };
    empty!(
        messages::GetAllStickers { hash: 0 } => AllStickers::AllStickers(all) if all.sets.is_empty(),
        messages::GetMaskStickers { hash: 0 } => AllStickers::AllStickers(all) if all.sets.is_empty(),
        messages::GetEmojiStickers { hash: 0 } => AllStickers::AllStickers(all) if all.sets.is_empty(),
        messages::GetFeaturedStickers { hash: 0 } =>
            FeaturedStickers::FeaturedStickers(all) if all.sets.is_empty(),
        messages::GetRecentStickers { attached: false, hash: 0 } =>
            RecentStickers::RecentStickers(all) if all.stickers.is_empty(),
        messages::GetFavedStickers { hash: 0 } =>
            FavedStickers::FavedStickers(all) if all.stickers.is_empty(),
        messages::GetSavedGifs { hash: 0 } => SavedGifs::SavedGifs(all) if all.gifs.is_empty(),
        messages::GetStickers { emoticon: "🙂".into(), hash: 0 } =>
            Stickers::Stickers(all) if all.stickers.is_empty(),
        messages::GetAvailableEffects { hash: 0 } =>
            AvailableEffects::AvailableEffects(all) if all.effects.is_empty(),
    );
    empty!(
        contacts::GetBlocked { my_stories_from: false, offset: 0, limit: 10 } =>
            enums::contacts::Blocked::Blocked(all) if all.blocked.is_empty(),
        contacts::GetTopPeers::new(0, 10, 0) =>
            enums::contacts::TopPeers::TopPeers(all) if all.categories.is_empty(),
        help::GetTimezonesList { hash: 0 } =>
            enums::help::TimezonesList::TimezonesList(all) if all.timezones.is_empty(),
        help::GetPromoData =>
            enums::help::PromoData::PromoDataEmpty(none) if none.expires > 1_700_000_000,
    );
    for colors in [
        script.ask(all[1], &help::GetPeerColors { hash: 0 }),
        script.ask(all[0], &help::GetPeerProfileColors { hash: 0 }),
    ] {
        let enums::help::PeerColors::PeerColors(colors) = colors.unwrap() else { panic!() };
        assert_eq!(colors.colors, []);
    }
    assert_eq!(
        script.ask_stranger(&help::GetPeerColors { hash: 0 }).err().as_deref(),
        Some(UNREGISTERED)
    );
    assert!(!for_people(&mut script, all, &account::GetContactSignUpNotification));
    let privacy = for_people(&mut script, all, &account::GetGlobalPrivacySettings);
    assert_eq!(privacy, types::GlobalPrivacySettings::new());
    let content = for_people(&mut script, all, &account::GetContentSettings);
    assert!(!content.sensitive_enabled);
    assert_eq!(for_people(&mut script, all, &messages::GetDialogFilters).filters, []);
    assert_ne!(for_people(&mut script, all, &help::GetInviteText).message, "");
}

#[test]
fn nobody_has_photos_and_who_is_not_there_is_refused() {
    let mut script = Script::new();
    let (ada, bob) = (script.user("Ada"), script.user("Bob"));
    let named = script.input_user(ada, bob.user);
    let ask = |user_id: enums::InputUser| photos::GetUserPhotos {
        user_id,
        offset: 0,
        max_id: 0,
        limit: 10,
    };
    let answer = script.ask(ada, &ask(named.into())).unwrap();
    let enums::photos::Photos::Photos(photos) = answer else { panic!("{answer:?}") };
    assert_eq!((photos.photos.len(), photos.users.len()), (0, 1));
    // Bob's name for himself is none of Ada's for him.
    let stolen = script.input_user(ada, bob.user);
    let carol = script.user("Carol");
    assert_eq!(script.ask(carol, &ask(stolen.into())).unwrap_err(), "400 USER_ID_INVALID");
}

#[test]
fn settings_and_countries_are_there_before_a_login_and_not_sent_twice() {
    use enums::help::{AppConfig, CountriesList};
    let mut script = Script::new();
    let answer = script.ask_stranger(&help::GetAppConfig { hash: 0 }).unwrap();
    let AppConfig::AppConfig(config) = answer else { panic!("{answer:?}") };
    let enums::JsonValue::JsonObject(object) = &config.config else { panic!("{config:?}") };
    assert!(object.value.iter().any(|value| value.key == "about_length_limit_default"));
    let again = script.ask_stranger(&help::GetAppConfig { hash: config.hash }).unwrap();
    assert_eq!(again, AppConfig::AppConfigNotModified);

    let ask = |hash| help::GetCountriesList { lang_code: "en".into(), hash };
    let answer = script.ask_stranger(&ask(0)).unwrap();
    let CountriesList::CountriesList(list) = answer else { panic!("{answer:?}") };
    let codes = list.countries.iter().flat_map(|country| &country.country_codes);
    let phone = script.world.user("Ada").phone().unwrap().to_owned();
    assert!(codes.into_iter().any(|code| phone.starts_with(&code.country_code)));
    let again = script.ask_stranger(&ask(list.hash)).unwrap();
    assert_eq!(again, CountriesList::CountriesListNotModified);
    assert_eq!(script.ask_stranger(&help::GetNearestDc).unwrap().nearest_dc, 2);
    assert_eq!(script.ask_stranger(&help::GetCdnConfig).unwrap().public_keys, []);
    let update = script.ask_stranger(&help::GetAppUpdate { source: String::new() }).unwrap();
    assert_eq!(update, enums::help::AppUpdate::NoAppUpdate);
}

#[test]
fn there_is_one_language_whose_strings_are_the_clients() {
    let mut script = Script::new();
    let ask = |pack: &str, code: &str| langpack::GetLangPack {
        lang_pack: pack.into(),
        lang_code: code.into(),
    };
    let languages = langpack::GetLanguages { lang_pack: "tdesktop".into() };
    let [english] = &script.ask_stranger(&languages).unwrap()[..] else { panic!() };
    let pack = script.ask_stranger(&ask("tdesktop", &english.lang_code)).unwrap();
    assert_eq!((pack.from_version, pack.strings.len()), (0, 0));
    let since = langpack::GetDifference {
        lang_pack: "tdesktop".into(),
        lang_code: "en".into(),
        from_version: pack.version,
    };
    let difference = script.ask_stranger(&since).unwrap();
    assert_eq!((difference.from_version, difference.version), (pack.version, pack.version));
    let strings = langpack::GetStrings {
        lang_pack: "tdesktop".into(),
        lang_code: "en".into(),
        keys: vec!["lng_yes".into()],
    };
    assert_eq!(script.ask_stranger(&strings).unwrap().len(), 1);
    let language = langpack::GetLanguage { lang_pack: "tdesktop".into(), lang_code: "en".into() };
    assert_eq!(&script.ask_stranger(&language).unwrap(), english);
    for (pack, code, error) in
        [("", "en", "400 LANG_PACK_INVALID"), ("tdesktop", "xx", "400 LANG_CODE_NOT_SUPPORTED")]
    {
        assert_eq!(script.ask_stranger(&ask(pack, code)).unwrap_err(), error);
    }
}

#[test]
fn terms_are_told_until_they_are_accepted() {
    use enums::help::TermsOfServiceUpdate;
    let mut script = Script::new();
    let ada = script.user("Ada");
    let is_asked =
        |script: &mut Script| match script.ask(ada, &help::GetTermsOfServiceUpdate).unwrap() {
            TermsOfServiceUpdate::TermsOfServiceUpdate(update) => Some(update.terms_of_service.id),
            _ => None,
        };
    assert_eq!(is_asked(&mut script), None);
    script.world.state().people.user_mut(ada.user).unwrap().has_terms = true;
    let id = is_asked(&mut script).unwrap();
    let other = types::DataJson { data: "another".into() };
    assert!(!script.ask(ada, &help::AcceptTermsOfService { id: other }).unwrap());
    assert!(is_asked(&mut script).is_some());
    assert!(script.ask(ada, &help::AcceptTermsOfService { id }).unwrap());
    assert_eq!(is_asked(&mut script), None);
}

#[test]
fn whoever_helps_is_one_and_marked() {
    let mut script = Script::new();
    let all = [script.user("Ada"), script.bot("Echo")];
    let first = for_people(&mut script, all, &help::GetSupport);
    let again = for_people(&mut script, all, &help::GetSupport);
    assert_eq!(first, again);
    let enums::User::User(user) = first.user else { panic!("{first:?}") };
    assert!(user.support);
    assert_eq!(user.phone.as_deref(), Some(&*first.phone_number));
}
