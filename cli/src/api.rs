//! What `telewire serve` answers to functions of the API: where it is, and no more.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use telewire::ids::DcId;
use telewire::server::Dispatcher;
use telewire::tl::wrap::functions::help::GetConfig;
use telewire::tl::wrap::types::{Config, DcOption};

/// Answers `help.getConfig`, which every client begins with. The address is told once the data centre has one.
pub(crate) fn dispatcher(dc: DcId, address: Arc<OnceLock<SocketAddr>>) -> Dispatcher {
    let mut dispatcher = Dispatcher::new();
    dispatcher.on(move |caller, _: GetConfig| Ok(config(dc, address.get(), caller.now.unix)));
    dispatcher
}

/// The numbers are those that Telegram's data centres answer. Nothing leads a client elsewhere: there is one data centre,
/// and no domain to find others by.
fn config(dc: DcId, address: Option<&SocketAddr>, unix: Duration) -> Config {
    let date = i32::try_from(unix.as_secs()).unwrap_or(i32::MAX);
    let number = i32::from(dc.number);
    Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date.saturating_add(HOUR),
        test_mode: dc.is_test,
        this_dc: number,
        dc_options: address.map(|address| option(number, *address)).into_iter().collect(),
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
        webfile_dc_id: number,
        suggested_lang_code: None,
        reactions_default: None,
        autologin_token: None,
    }
}

const HOUR: i32 = 3_600;
const DAY: i32 = 24 * HOUR;

fn option(id: i32, address: SocketAddr) -> DcOption {
    DcOption {
        ipv6: address.is_ipv6(),
        media_only: false,
        tcpo_only: false,
        cdn: false,
        r#static: false,
        this_port_only: true,
        id,
        ip_address: address.ip().to_string(),
        port: address.port().into(),
        secret: None,
    }
}

#[cfg(test)]
mod tests {
    use telewire::tl::{Deserialize, Serialize};

    use super::*;

    const UNIX: Duration = Duration::from_secs(1_700_000_000);

    #[test]
    fn the_configuration_names_this_data_centre_and_no_other() {
        for (text, is_ipv6) in [("127.0.0.1:4430", false), ("[::1]:4430", true)] {
            let address: SocketAddr = text.parse().unwrap();
            let config = config(DcId::test(3), Some(&address), UNIX);
            assert_eq!((config.this_dc, config.webfile_dc_id, config.test_mode), (3, 3, true));
            let [option] = &config.dc_options[..] else { panic!("{config:?}") };
            assert_eq!((option.id, option.ipv6, option.port), (3, is_ipv6, 4_430));
            assert_eq!(option.ip_address, address.ip().to_string());
            assert_eq!(config.dc_txt_domain_name, "");
        }
    }

    #[test]
    fn the_configuration_is_that_of_the_layers_that_clients_speak() {
        let bytes = config(DcId::production(2), None, UNIX).to_bytes();
        assert_eq!(bytes[..4], 0xcc1a_241e_u32.to_le_bytes());
        assert_eq!(Config::from_bytes(&bytes).unwrap().expires, 1_700_003_600);
    }
}
