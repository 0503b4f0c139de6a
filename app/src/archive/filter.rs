//! Which nights History shows. The address holds it, so that a link shows the same to everybody.

use super::query::{Fields, FilterError, LONGEST, iso, written};
use domain::record::Trigger;
use domain::verdict::Verdict;

/// A verdict that nights can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Ended well, by itself or after retries.
    Complete,
    /// Of these, those that retries completed.
    CompleteAfterRetry,
    /// Ended with failures to repair.
    ToRetry,
    /// Failed.
    Failed,
    /// Cancelled.
    Cancelled,
    /// Skipped.
    Skipped,
    /// Not ended, heard or silent.
    Running,
    /// Of these, those that are silent.
    Silent,
}

impl Wanted {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Complete,
        Self::CompleteAfterRetry,
        Self::ToRetry,
        Self::Failed,
        Self::Cancelled,
        Self::Skipped,
        Self::Running,
        Self::Silent,
    ];

    /// The word in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteAfterRetry => "complete-after-retry",
            Self::ToRetry => "to-retry",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::Running => "running",
            Self::Silent => "silent",
        }
    }

    /// The word on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Complete => "Complete",
            Self::CompleteAfterRetry => "Complete after retry",
            Self::ToRetry => "To retry",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Skipped => "Skipped",
            Self::Running => "Not ended",
            Self::Silent => "Silent",
        }
    }

    /// Understands the word of an address, or of the screen: `to-retry`, `To retry`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = plain(word);
        Self::ALL
            .into_iter()
            .find(|wanted| [wanted.as_str().to_owned(), plain(wanted.label())].contains(&word))
    }

    /// The words of the verdicts that are meant.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Complete => &["Complete", "Complete after retry"],
            Self::CompleteAfterRetry => &["Complete after retry"],
            Self::ToRetry => &["To retry"],
            Self::Failed => &["Failed"],
            Self::Cancelled => &["Cancelled"],
            Self::Skipped => &["Skipped"],
            Self::Running => &["Running", "Cancelling", "Silent"],
            Self::Silent => &["Silent"],
        }
    }

    /// Whether a verdict is meant.
    #[must_use]
    pub fn fits(self, verdict: &Verdict) -> bool {
        self.words().contains(&verdict.word())
    }

    /// The one that a night's verdict counts as, of those that exclude each other.
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Complete | Verdict::CompleteAfterRetry => Self::Complete,
            Verdict::ToRetry { .. } => Self::ToRetry,
            Verdict::Failed { .. } => Self::Failed,
            Verdict::Cancelled { .. } => Self::Cancelled,
            Verdict::Skipped => Self::Skipped,
            _ => Self::Running,
        }
    }
}

/// A word as addresses have it: in small letters, with `-` between its parts.
fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '_'], "-")
}

/// The word of a trigger in addresses.
#[must_use]
pub fn trigger_word(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::Schedule => "schedule",
        Trigger::Manual => "manual",
    }
}

/// Understands the word of a trigger: that of addresses, of the screen, or of the API's answers.
#[must_use]
pub fn trigger_of(word: &str) -> Option<Trigger> {
    match plain(word).as_str() {
        "schedule" | "scheduled" | "automatic" => Some(Trigger::Schedule),
        "manual" | "by-hand" => Some(Trigger::Manual),
        _ => None,
    }
}

/// Which nights are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whose verdict is this.
    pub verdict: Option<Wanted>,
    /// Started so.
    pub trigger: Option<Trigger>,
    /// This night or later, as days since 1970-01-01.
    pub from: Option<i64>,
    /// This night or earlier.
    pub to: Option<i64>,
    /// That worked on this universe.
    pub universe: Option<String>,
    /// With this in a run's id or in its reason, in whatever case.
    pub q: Option<String>,
    /// Earlier than this night: the next part of a long list.
    pub before: Option<i64>,
}

impl Filter {
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
        let words = Wanted::ALL.map(Wanted::as_str).join(", ");
        let mut filter = Self {
            verdict: fields.one("verdict", &format!("One of {words}"), Wanted::parse),
            trigger: fields.one("trigger", "One of schedule, manual", trigger_of),
            from: fields.date("from"),
            to: fields.date("to"),
            universe: fields.text("universe", LONGEST),
            q: fields.text("q", LONGEST),
            before: fields.date("before"),
        };
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            fields.wrong("to", "Before the first night", &iso(to));
            filter.to = None;
        }
        (filter, fields)
    }

    /// The query that reads as this filter, without `?`; empty where nothing is asked.
    #[must_use]
    pub fn to_query(&self) -> String {
        written(&[
            ("verdict", self.verdict.map(|verdict| verdict.as_str().to_owned())),
            ("trigger", self.trigger.map(|trigger| trigger_word(trigger).to_owned())),
            ("from", self.from.map(iso)),
            ("to", self.to.map(iso)),
            ("universe", self.universe.clone()),
            ("q", self.q.clone()),
            ("before", self.before.map(iso)),
        ])
    }

    /// The same nights from the newest on.
    #[must_use]
    pub fn from_the_start(&self) -> Self {
        Self { before: None, ..self.clone() }
    }

    /// The same nights, those before this one.
    #[must_use]
    pub fn older_than(&self, night: i64) -> Self {
        Self { before: Some(night), ..self.clone() }
    }

    /// Whether every night is asked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self { before: self.before, ..Self::default() }
    }
}
