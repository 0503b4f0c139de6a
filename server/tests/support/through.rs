//! Requests by hand, so that any header can be sent: to a server, or to what listens before it.

use super::{ANONYMOUS, Server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A server asked through something that listens before it.
pub struct Through<'a> {
    server: &'a Server,
    port: u16,
}

impl<'a> Through<'a> {
    pub(super) fn new(server: &'a Server, port: u16) -> Self {
        Self { server, port }
    }

    pub async fn request(&self, path: &str, headers: &[(&str, &str)]) -> (String, String) {
        self.send("GET", path, headers, b"").await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (String, String) {
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            headers.push(("Content-Length", &length));
        }
        self.send("POST", path, &headers, body).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str(&format!("Host: {host}\r\n"));
        }
        // As nobody, as somebody else, or as what every test's token may.
        let named = |(name, value): &(&str, &str)| {
            name.eq_ignore_ascii_case("authorization")
                || *name == ANONYMOUS.0
                || value.contains("cb_sign_in=")
        };
        if !headers.iter().any(named) {
            request.push_str(&format!("Authorization: Bearer {}\r\n", self.server.token));
        }
        for (name, value) in headers.iter().filter(|header| **header != ANONYMOUS) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        within("an answer", stream.read_to_end(&mut answer)).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.to_owned(), body.to_owned())
    }
}
