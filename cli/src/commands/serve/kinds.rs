//! The kinds of what `telewire serve` tells. `--json` names them, and the help has all of them.

macro_rules! kinds {
    ($($kind:ident = $name:literal,)+) => {
        /// A kind of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind {
            $($kind,)+
        }

        impl Kind {
            /// All of them.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$kind),+];

            /// What it is called.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

kinds! {
    Listening = "listening",
    KeyCreated = "key created",
    KeyBound = "key bound",
    KeyDestroyed = "key destroyed",
    SessionCreated = "session created",
    LoginCode = "login code",
    CodeApproved = "QR code approved",
    CodeRefused = "QR code refused",
    ExchangeRefused = "exchange refused",
    PacketRefused = "packet refused",
    ClientRefused = "client refused",
    LinkDropped = "link dropped",
    Other = "other",
    LinesLost = "lines lost",
    Counted = "counted",
    NotModelled = "not modelled",
    Stopped = "stopped",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::serve::args::EVENTS;

    /// The help has each as a word of its own, where names stand: at the begin of a line, in a list of them or in backticks.
    #[test]
    fn the_help_has_every_kind_of_event() {
        let mut named = Vec::new();
        for line in EVENTS.lines().skip(1) {
            named.extend(line.split('`').skip(1).step_by(2));
            let names = line.strip_prefix("  ").filter(|line| !line.starts_with(' '));
            let names = names.map(|line| line.split("  ").next().unwrap_or_default());
            named.extend(names.into_iter().flat_map(|names| names.split(", ")));
        }
        for kind in Kind::ALL {
            assert!(named.contains(&kind.name()), "{kind:?} is not in {named:?}");
        }
        assert_eq!(named.len(), Kind::ALL.len(), "{named:?}");
    }
}
