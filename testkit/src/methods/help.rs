//! `help.*`: where the data centres are, and what else clients ask before they know anybody.

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::api::functions::help::{
    AcceptTermsOfService, GetAppConfig, GetAppUpdate, GetCdnConfig, GetCountriesList,
    GetInviteText, GetNearestDc, GetPeerColors, GetPeerProfileColors, GetPromoData, GetSupport,
    GetTermsOfServiceUpdate, GetTimezonesList,
};
use telewire::tl::api::types::help as types;
use telewire::tl::api::{enums, types as api};
use telewire::tl::wrap::functions::help::GetConfig;
use telewire::tl::wrap::types::{Config, DcOption};

use crate::accounts::terms_of_service;
use crate::methods::Registry;
use crate::world::{Caller, Context, HOME, SUPPORT_PHONE, State, invalid};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open(get_config);
    registry.open_but_to_bots(get_nearest_dc);
    registry.open_but_to_bots(get_app_config);
    registry.open_but_to_bots(get_countries_list);
    registry.open(|_, _, _: &GetCdnConfig| Ok(api::CdnConfig { public_keys: Vec::new() }));
    registry.open_but_to_bots(|_, _, _: &GetAppUpdate| Ok(types::NoAppUpdate.into()));
    registry.people(get_terms_of_service_update);
    registry.people(accept_terms_of_service);
    registry.people(get_support);
    registry.people(|_, _, _: GetInviteText| {
        Ok(types::InviteText { message: "Let us talk here.".into() })
    });
    registry.on(|_, _, _: GetPeerColors| Ok(no_colors().into()));
    registry.on(|_, _, _: GetPeerProfileColors| Ok(no_colors().into()));
    registry.people(|_, _, _: GetTimezonesList| {
        Ok(types::TimezonesList { timezones: Vec::new(), hash: 0 }.into())
    });
    registry.people(|_, caller, _: GetPromoData| {
        Ok(types::PromoDataEmpty { expires: caller.date().saturating_add(HOUR) }.into())
    });
}

fn no_colors() -> types::PeerColors {
    types::PeerColors { hash: 0, colors: Vec::new() }
}

fn get_nearest_dc(
    _: &mut State,
    context: &Context,
    _: &GetNearestDc,
) -> Result<api::NearestDc, RpcError> {
    let this_dc = context.dc().number.into();
    // Of no country: this is no place.
    Ok(api::NearestDc { country: String::new(), this_dc, nearest_dc: this_dc })
}

/// Settings that clients look for, as `help.getConfig` and the methods here have them.
const APP_CONFIG: [(&str, f64); 5] = [
    ("about_length_limit_default", 70.0),
    ("caption_length_limit_default", 1_024.0),
    ("test", 1.0),
    ("upload_max_fileparts_default", 4_000.0),
    ("upload_max_fileparts_premium", 8_000.0),
];

/// The hash of the settings; they do not change.
const APP_CONFIG_HASH: i32 = 2;

fn get_app_config(
    _: &mut State,
    _: &Context,
    request: &GetAppConfig,
) -> Result<enums::help::AppConfig, RpcError> {
    if request.hash == APP_CONFIG_HASH {
        return Ok(types::AppConfigNotModified.into());
    }
    let value = APP_CONFIG.map(|(key, value)| api::JsonObjectValue {
        key: key.into(),
        value: api::JsonNumber { value }.into(),
    });
    let config = api::JsonObject { value: value.into() }.into();
    Ok(types::AppConfig { hash: APP_CONFIG_HASH, config }.into())
}

/// Countries whose numbers nobody has, by their calling codes: that of numbers which are made up, and Telegram's own for tests.
const COUNTRIES: [(&str, &str, &str); 2] = [("XT", "Test numbers", "999"), ("YL", "Y-land", "42")];

fn get_countries_list(
    _: &mut State,
    _: &Context,
    request: &GetCountriesList,
) -> Result<enums::help::CountriesList, RpcError> {
    let hash = 1;
    if request.hash == hash {
        return Ok(types::CountriesListNotModified.into());
    }
    let countries = COUNTRIES.map(|(iso2, name, code)| types::Country {
        hidden: false,
        iso2: iso2.into(),
        default_name: name.into(),
        name: None,
        country_codes: vec![types::CountryCode::new(code.into())],
    });
    Ok(types::CountriesList { countries: countries.into(), hash }.into())
}

/// Those who signed up hear of the terms until they accept them.
fn get_terms_of_service_update(
    state: &mut State,
    caller: &Caller,
    _: GetTermsOfServiceUpdate,
) -> Result<enums::help::TermsOfServiceUpdate, RpcError> {
    let expires = caller.date().saturating_add(HOUR);
    if state.people.user(caller.me).is_some_and(|user| user.has_terms) {
        let terms_of_service = terms_of_service();
        return Ok(types::TermsOfServiceUpdate { expires, terms_of_service }.into());
    }
    Ok(types::TermsOfServiceUpdateEmpty { expires }.into())
}

/// Others than those that are asked for are not accepted.
fn accept_terms_of_service(
    state: &mut State,
    caller: &Caller,
    request: AcceptTermsOfService,
) -> Result<bool, RpcError> {
    let is_right = request.id == terms_of_service().id;
    if let Some(user) = state.people.user_mut(caller.me)
        && is_right
    {
        user.has_terms = false;
    }
    Ok(is_right)
}

/// Whoever helps is there from the first time that they are asked for.
fn get_support(
    state: &mut State,
    caller: &Caller,
    _: GetSupport,
) -> Result<types::Support, RpcError> {
    let id = state.user_by_phone(SUPPORT_PHONE).map(|user| user.id);
    let id = id.unwrap_or_else(|| state.add_user(HOME, SUPPORT_PHONE, "Support"));
    let user = state.view(caller.viewer()).user(id).ok_or_else(|| invalid("USER_ID_INVALID"))?;
    Ok(types::Support { phone_number: SUPPORT_PHONE.into(), user })
}

// Telegram's CDNs have numbers from 201 on.
fn get_config(state: &mut State, context: &Context, _: &GetConfig) -> Result<Config, RpcError> {
    let dc = context.dc();
    let options = state.auth.addresses.iter().filter(|(other, _)| other.is_test == dc.is_test);
    let options = options.map(|(dc, address)| DcOption {
        ipv6: address.is_ipv6(),
        media_only: dc.is_media,
        tcpo_only: false,
        cdn: dc.number > 100,
        r#static: false,
        this_port_only: true,
        id: dc.number.into(),
        ip_address: address.ip().to_string(),
        port: address.port().into(),
        secret: None,
    });
    Ok(config(dc, options.collect(), context.date()))
}

/// The numbers are those that Telegram's data centres answer. Nothing leads a client elsewhere: there is no domain to find
/// other data centres by.
fn config(dc: DcId, dc_options: Vec<DcOption>, date: i32) -> Config {
    Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date.saturating_add(HOUR),
        test_mode: dc.is_test,
        this_dc: dc.number.into(),
        dc_options,
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 2 * DAY,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 28 * DAY,
        stickers_recent_limit: 200,
        channels_read_media_period: 7 * DAY,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".into(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1_024,
        message_length_max: 4_096,
        webfile_dc_id: dc.number.into(),
        suggested_lang_code: None,
        reactions_default: None,
        autologin_token: None,
    }
}

const HOUR: i32 = 3_600;
const DAY: i32 = 24 * HOUR;

#[cfg(test)]
mod tests {
    use super::*;
    use telewire::tl::{Deserialize, Serialize};

    #[test]
    fn the_configuration_is_that_of_the_layers_that_clients_speak() {
        let config = config(DcId::test(3), Vec::new(), 1_700_000_000);
        assert_eq!((config.this_dc, config.webfile_dc_id, config.test_mode), (3, 3, true));
        assert_eq!(config.dc_txt_domain_name, "");
        let bytes = config.to_bytes();
        assert_eq!(bytes[..4], 0xcc1a_241e_u32.to_le_bytes());
        assert_eq!(Config::from_bytes(&bytes).unwrap().expires, 1_700_003_600);
    }
}
