//! A browser without script: its cookie, its forms, and what it is answered.

use crate::support::{Server, Socket};

/// One that is signed in.
pub struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

/// What it is answered.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    fn new((head, body): (String, String)) -> Self {
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body }
    }

    /// Where it is sent.
    pub fn leads_to(&self) -> String {
        assert_eq!(self.status, 303, "{}\n{}", self.head, self.body);
        let line = self.head.lines().find_map(|line| line.strip_prefix("location: "));
        line.unwrap_or_else(|| panic!("nowhere: {}", self.head)).to_owned()
    }

    /// Its words, each space once.
    pub fn words(&self) -> String {
        let visible = self.body.split("<script type=\"application/json\"").next().unwrap();
        let parts = visible.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        parts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn says(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.words());
        assert!(self.words().contains(words), "{words:?} is missing in: {}", self.words());
    }

    /// What is shown once.
    pub fn secret(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.words());
        assert!(self.head.contains("cache-control: no-store"), "{}", self.head);
        self.body.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", app::archive::query::encoded(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

impl<'a> Browser<'a> {
    /// Signs in.
    pub async fn signed_in(server: &'a Server, name: &str, password: &str) -> Self {
        let browser = Self { server, cookie: "cb_sign_in=".to_owned() };
        let answer = browser.post("/login", &[("name", name), ("password", password)]).await;
        assert_eq!(answer.status, 303, "{name}: {}", answer.words());
        let line = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = line.unwrap().split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("cb_sign_in="), "{cookie}");
        Self { server, cookie }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let headers = [("Accept", "text/html"), ("Cookie", self.cookie.as_str())];
        Answer::new(self.server.request(path, &headers).await)
    }

    /// Its live link.
    pub async fn socket(&self) -> Socket {
        let origin = format!("http://127.0.0.1:{}", self.server.port);
        Socket::open(self.server.port, Some(&origin), &[("cookie", &self.cookie)]).await.unwrap()
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(&format!("http://127.0.0.1:{}", self.server.port), path, fields).await
    }

    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("Accept", "text/html"),
            ("Cookie", self.cookie.as_str()),
            ("Origin", origin),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        Answer::new(self.server.post(path, &headers, form(fields).as_bytes()).await)
    }
}
