//! A server with a schedule, asked as a browser without script asks it.

use crate::support::people::{Asker, header_of, status};
use crate::support::{Redis, Server};
use serde_json::Value;

pub const PAGE: &str = "/admin/schedule";
pub const NEW: &str = "/admin/schedule/entries/new";
/// The entry that the first start makes.
pub const FIRST: &str = "/admin/schedule/entries/nightly";

/// A server of its own, and who administers it.
pub struct Stage {
    pub redis: Redis,
    pub server: Server,
    pub admin: Asker,
}

impl Stage {
    pub async fn start() -> Self {
        let redis = Redis::start().await;
        let server = Server::start(&redis).await;
        let admin = server.admin().await;
        Self { redis, server, admin }
    }

    /// One where this server fires.
    pub async fn ours() -> Self {
        let stage = Self::start().await;
        stage.does("/admin/schedule/by", &[("do", "server")], "server").await;
        stage
    }

    pub async fn get(&self, who: &Asker, path: &str) -> (u16, String) {
        let (head, body) = self.server.send("GET", path, &[who.header(), ("Accept", "text/html")], &[]).await;
        (status(&head), body)
    }

    pub async fn page(&self) -> String {
        let (status, page) = self.get(&self.admin, PAGE).await;
        assert_eq!(status, 200, "{page}");
        page
    }

    /// A form that does what it says.
    pub async fn does(&self, path: &str, fields: &[(&str, &str)], code: &str) {
        let (head, body) = self.server.submit(path, &self.admin, fields).await;
        let there = format!("{PAGE}?done={code}");
        assert_eq!(
            (status(&head), header_of(&head, "location")),
            (303, Some(there.as_str())),
            "{head} {body}"
        );
    }

    /// Actions of the audit log about the schedule, oldest first, each with its subject.
    pub async fn lines(&self) -> Vec<(String, String)> {
        let (_, body) = self.server.request("/api/audit?limit=100", &[self.admin.header()]).await;
        let told: Value = serde_json::from_str(&body).unwrap();
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        let lines = told["audit"].as_array().unwrap_or_else(|| panic!("{told}")).iter().rev();
        lines
            .map(|line| (text(line, "action"), text(line, "subject")))
            .filter(|(action, _)| action.starts_with("schedule_"))
            .collect()
    }
}

/// An entry as its form posts it, with some of its fields otherwise.
pub fn entry<'a>(other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("name", "Early"),
        ("trigger_time", "18:30"),
        ("zone", "America/New_York"),
        ("days", "trading"),
        ("enabled", "on"),
        ("market_check", "on"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !other.iter().any(|(known, _)| known == name));
    kept.chain(other.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// The address of the form of an entry, by its name.
pub fn address_of(page: &str, name: &str) -> String {
    let at = page.find(&format!("<h3>{name}")).unwrap_or_else(|| panic!("no {name}: {page}"));
    let rest = &page[at..];
    let from = rest.find("/admin/schedule/entries/").unwrap();
    rest[from..].split('"').next().unwrap().to_owned()
}

/// The first day that can be skipped: the entry's id and the day.
pub fn skippable(page: &str) -> (String, String) {
    let from = page.find("/admin/schedule/skip?entry=").unwrap_or_else(|| panic!("nothing to skip: {page}"));
    let query = page[from..].split('"').next().unwrap().replace("&amp;", "&");
    let (entry, day) = query.split_once("entry=").unwrap().1.split_once("&day=").unwrap();
    (entry.to_owned(), day.to_owned())
}
