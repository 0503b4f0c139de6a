//! Which events the log shows. The address holds it; moments are on the exchange's clock, so that a link means the same everywhere.

use super::query::{Fields, FilterError, LONGEST, LONGEST_ID, iso_moment, written};
use domain::time::{MINUTE, Millis, SECOND, Zone};

/// From where a part of the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The newest.
    #[default]
    Newest,
    /// Those with lower numbers, the highest first.
    Before(u64),
    /// Those with higher numbers, as near to this one as there are.
    After(u64),
}

/// Which events are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this run.
    pub run: Option<String>,
    /// That came over this channel.
    pub channel: Option<String>,
    /// Of this name.
    pub name: Option<String>,
    /// With this in what they say.
    pub q: Option<String>,
    /// From this second on the exchange's wall clock on …
    pub from: Option<i64>,
    /// … to this one, with it.
    pub to: Option<i64>,
    /// Which part of the list.
    pub place: Place,
}

impl EventFilter {
    /// What can be understood of a query, and what can't.
    #[must_use]
    pub fn read(query: &str) -> (Self, Vec<FilterError>) {
        let (filter, fields) = Self::fields(query);
        (filter, fields.errors)
    }

    /// Reads a query, for programs: all of it or nothing.
    ///
    /// # Errors
    /// The first field that could not be understood.
    pub fn parse(query: &str) -> Result<Self, FilterError> {
        let (filter, fields) = Self::fields(query);
        fields.strictly(filter)
    }

    fn fields(query: &str) -> (Self, Fields) {
        let mut fields = Fields::read(query);
        let mut filter = Self {
            run: fields.text("run", LONGEST_ID),
            channel: fields.text("channel", LONGEST_ID),
            name: fields.text("name", LONGEST),
            q: fields.text("q", LONGEST),
            from: fields.moment("from", false),
            to: fields.moment("to", true),
            place: Place::Newest,
        };
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            fields.wrong("to", "Before the first moment", &iso_moment(to));
            filter.to = None;
        }
        filter.place = match (fields.number("before"), fields.number("after")) {
            (Some(before), None) => Place::Before(before),
            (None, Some(after)) => Place::After(after),
            (None, None) => Place::Newest,
            (Some(before), Some(_)) => {
                fields.wrong("after", "Either before or after", "");
                Place::Before(before)
            }
        };
        (filter, fields)
    }

    /// The query that reads as this filter, without `?`.
    #[must_use]
    pub fn to_query(&self) -> String {
        let (before, after) = match self.place {
            Place::Newest => (None, None),
            Place::Before(number) => (Some(number.to_string()), None),
            Place::After(number) => (None, Some(number.to_string())),
        };
        written(&[
            ("run", self.run.clone()),
            ("channel", self.channel.clone()),
            ("name", self.name.clone()),
            ("q", self.q.clone()),
            ("from", self.from.map(iso_moment)),
            ("to", self.to.map(iso_moment)),
            ("before", before),
            ("after", after),
        ])
    }

    /// The same events, another part of them.
    #[must_use]
    pub fn at(&self, place: Place) -> Self {
        Self { place, ..self.clone() }
    }

    /// Whether every event is asked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self { place: self.place, ..Self::default() }
    }

    /// The first instant asked for.
    #[must_use]
    pub fn since(&self, exchange: &Zone) -> Option<Millis> {
        self.from.map(|wall| instant(wall, exchange))
    }

    /// The last instant asked for.
    #[must_use]
    pub fn until(&self, exchange: &Zone) -> Option<Millis> {
        self.to.map(|wall| instant(wall, exchange) + SECOND - 1)
    }
}

/// When the zone's wall clock shows that many seconds. Of an hour that is there twice the first is meant.
fn instant(wall: i64, zone: &Zone) -> Millis {
    let local = wall.saturating_mul(SECOND);
    let at = |offset_of: Millis| local - i64::from(zone.offset_at(offset_of)) * MINUTE;
    // The offset of an instant near it, then of the instant itself.
    at(at(local))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{DAY, HOUR, days_of};

    #[test]
    fn moments_are_on_the_exchange_s_clock() {
        let winter = days_of(2026, 11, 1) * DAY + 6 * HOUR;
        let ny =
            Zone { name: "n".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -240), (winter, -300)] };
        let (filter, errors) = EventFilter::read("from=2026-10-31T16:10&to=2026-11-20");
        assert!(errors.is_empty());
        assert_eq!(filter.since(&ny), Some(days_of(2026, 10, 31) * DAY + 20 * HOUR + 10 * MINUTE));
        assert_eq!(filter.until(&ny), Some(days_of(2026, 11, 21) * DAY + 5 * HOUR - 1), "to its last moment");
    }

    #[test]
    fn one_way_at_a_time() {
        let error = EventFilter::parse("before=5&after=3").err();
        assert_eq!(error.map(|error| error.field), Some("after"));
        assert_eq!(EventFilter::read("after=3").0.place, Place::After(3));
        assert!(
            EventFilter::parse("before=-1").is_err()
                && EventFilter::parse("before=9223372036854775808").is_err()
        );
    }
}
