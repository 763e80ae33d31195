//! Unix times as dates of UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2024-01-20 12:47:57`, from seconds since 1970.
pub(crate) fn utc(unix: i64) -> String {
    let (year, month, day) = civil(unix.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02} {}", time_of_day(unix))
}

/// `2024-01-20T12:47:57Z`, the form of RFC 3339.
pub(crate) fn rfc3339(unix: i64) -> String {
    utc(unix).replace(' ', "T") + "Z"
}

/// `12:47:57`
pub(crate) fn time_of_day(unix: i64) -> String {
    let second = unix.rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// What the clock of this machine shows.
pub(crate) fn now() -> i64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(unix.as_secs()).unwrap_or(i64::MAX)
}

const DAY: i64 = 86_400;

/// The date of a day since 1970-01-01: `civil_from_days` of <https://howardhinnant.github.io/date_algorithms.html>, in
/// which years begin in March and 400 of them have 146097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates of the program `date -u -d @N`.
    #[test]
    fn known_times_have_their_dates() {
        for (unix, date) in [
            (0, "1970-01-01 00:00:00"),
            (-1, "1969-12-31 23:59:59"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (1_705_754_877, "2024-01-20 12:47:57"),
            (4_107_542_399, "2100-02-28 23:59:59"),
            (4_107_542_400, "2100-03-01 00:00:00"),
            (i64::from(i32::MAX), "2038-01-19 03:14:07"),
            (i64::from(i32::MIN), "1901-12-13 20:45:52"),
        ] {
            assert_eq!(utc(unix), date);
        }
        assert_eq!(rfc3339(1_705_754_877), "2024-01-20T12:47:57Z");
    }

    #[test]
    fn each_day_of_400_years_follows_the_one_before() {
        let mut before = civil(-200 * 365);
        for day in -200 * 365 + 1..200 * 366 {
            let (year, month, date) = civil(day);
            let is_next = (year, month, date - 1) == before
                || date == 1 && (year, month - 1) == (before.0, before.1)
                || (month, date) == (1, 1) && (before.1, before.2) == (12, 31);
            assert!(is_next, "{before:?} {day}");
            before = (year, month, date);
        }
    }
}
