//! What time it is, for what is recorded. The clock may lie: nothing is ordered by it, and no value of it stops a sale.

use evertill_domain::ids::{BusinessDay, Timestamp};
use jiff::tz::TimeZone;

/// A moment as entries carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339 with the offset of the till's time zone, to the millisecond.
    pub at: Timestamp,
    /// The trading day: the date where the till stands.
    pub business_day: BusinessDay,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The moment that it is.
    fn now(&self) -> Moment;
}

/// The clock and the time zone of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        moment(now, TimeZone::system())
    }
}

/// `now` where `zone` is. A year that RFC 3339 cannot write comes from a broken clock: it is recorded as 1970.
fn moment(now: jiff::Timestamp, zone: TimeZone) -> Moment {
    let write = |now: jiff::Timestamp, zone: TimeZone| {
        let local = now.to_zoned_datetime(zone);
        let at = local.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().parse().ok()?;
        let business_day = local.strftime("%Y-%m-%d").to_string().parse().ok()?;
        Some(Moment { at, business_day })
    };
    write(now, zone)
        .or_else(|| write(jiff::Timestamp::UNIX_EPOCH, TimeZone::UTC))
        .expect("1970 in UTC can be written as RFC 3339")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    #[test]
    fn a_moment_carries_milliseconds_and_offset_and_the_local_day() {
        let now: jiff::Timestamp = "2026-05-03T22:30:00.001999Z".parse().unwrap();
        let berlin = moment(now, TimeZone::fixed(Offset::constant(2)));
        assert_eq!(berlin.at.as_str(), "2026-05-04T00:30:00.001+02:00");
        assert_eq!(berlin.business_day.as_str(), "2026-05-04");
        let newfoundland = moment(now, TimeZone::fixed(Offset::from_seconds(-9_000).unwrap()));
        assert_eq!(newfoundland.at.as_str(), "2026-05-03T20:00:00.001-02:30");
    }

    #[test]
    fn a_broken_clock_stops_nothing() {
        for instant in [jiff::Timestamp::MIN, jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX] {
            let moment = moment(instant, TimeZone::UTC);
            assert_eq!(moment.at.as_str()[..10], *moment.business_day.as_str());
        }
        SystemClock.now();
    }
}
