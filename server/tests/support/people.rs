//! People and programs who ask: each with what they hold.

use super::{ANONYMOUS, PASSWORD, Server, command_line};

/// Who asks, by which header.
#[derive(Clone, Debug)]
pub struct Asker {
    pub name: &'static str,
    pub header: (&'static str, String),
}

impl Asker {
    pub fn anonymous() -> Self {
        Self { name: "anonymous", header: (ANONYMOUS.0, String::new()) }
    }

    pub fn bearer(name: &'static str, token: &str) -> Self {
        Self { name, header: ("Authorization", format!("Bearer {token}")) }
    }

    pub fn cookie(name: &'static str, cookie: &str) -> Self {
        Self { name, header: ("Cookie", format!("cb_sign_in={cookie}")) }
    }

    pub fn header(&self) -> (&str, &str) {
        (self.header.0, &self.header.1)
    }
}

/// The status of an answer.
pub fn status(head: &str) -> u16 {
    head.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no answer: {head:?}"))
}

/// A header of an answer.
pub fn header_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The sign-in that an answer sets.
pub fn cookie_of(head: &str) -> Option<String> {
    let set = header_of(head, "set-cookie")?.strip_prefix("cb_sign_in=")?;
    Some(set.split(';').next().unwrap_or_default().to_owned())
}

/// A form as a browser posts it.
pub fn form(fields: &[(&str, &str)]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let encoded = |text: &str| {
        text.bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

impl Server {
    /// Posts a form from a page of the server's own.
    pub async fn submit(&self, path: &str, who: &Asker, fields: &[(&str, &str)]) -> (String, String) {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let headers = [
            ("Origin", origin.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Accept", "text/html"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            who.header(),
        ];
        let body = form(fields);
        let length = body.len().to_string();
        let headers = [&headers[..], &[("Content-Length", length.as_str())]].concat();
        self.send("POST", path, &headers, body.as_bytes()).await
    }

    /// Signs somebody in by the form; returns what the browser then holds.
    pub async fn sign_in(&self, name: &str, password: &str) -> String {
        let (head, _) =
            self.submit("/login", &Asker::anonymous(), &[("name", name), ("password", password)]).await;
        assert_eq!(status(&head), 303, "{head}");
        cookie_of(&head).unwrap_or_else(|| panic!("no cookie: {head}"))
    }

    pub async fn admin(&self) -> Asker {
        Asker::cookie("admin", &self.sign_in("admin", PASSWORD).await)
    }

    /// Does what a command line does, on this server's database.
    pub async fn command(&self, arguments: &[&str]) -> String {
        command_line(&self.database, arguments).await
    }

    /// A new user who has chosen a password.
    pub async fn person(&self, name: &'static str, role: &str) -> Asker {
        self.command(&["user", "add", name, "--role", role]).await;
        self.chosen(name).await;
        Asker::cookie(name, &self.sign_in(name, PASSWORD).await)
    }

    /// Gives a user a password that need not be changed.
    async fn chosen(&self, name: &str) {
        let pool = super::database::database(&self.database).await;
        let statement = "UPDATE users SET must_change = 0, password = (SELECT password FROM users AS other WHERE other.key = 'admin') WHERE key = $1";
        sqlx::query(statement).bind(name).execute(&pool).await.unwrap();
        pool.close().await;
    }

    pub async fn token(&self, name: &'static str, scope: &str) -> Asker {
        Asker::bearer(name, &self.command(&["token", "create", "--scope", scope, "--name", name]).await)
    }
}
