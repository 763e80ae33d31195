//! `help.*`: where the data centres are, and what else clients ask before they know anybody.

use telewire::ids::DcId;
use telewire::rpc::RpcError;
use telewire::tl::wrap::functions::help::GetConfig;
use telewire::tl::wrap::types::{Config, DcOption};

use crate::methods::Registry;
use crate::world::{Context, State};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.open(get_config);
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
