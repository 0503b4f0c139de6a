//! Requests over one connection that stays open, read to the end of each answer: as little of a client as there can be.

use crate::Outcome;
use crate::admitted::TOKEN;
use crate::event::find;
use crate::process::Process;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection.
#[derive(Debug)]
pub struct Http {
    stream: TcpStream,
    port: u16,
    answer: Vec<u8>,
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Its body as it was sent.
    pub body: &'a [u8],
}

impl Http {
    /// To a server.
    pub async fn to(server: &Process) -> Outcome<Self> {
        let port = server.port;
        let stream = TcpStream::connect(("127.0.0.1", port)).await.map_err(|cause| cause.to_string())?;
        Ok(Self { stream, port, answer: Vec::with_capacity(64 << 10) })
    }

    /// Asks for a path, with what else is said (whole header lines), and reads the answer to its end.
    pub async fn get(&mut self, path: &str, headers: &str) -> Outcome<Answer<'_>> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {TOKEN}\r\n{headers}\r\n",
            self.port
        );
        self.stream.write_all(request.as_bytes()).await.map_err(|cause| cause.to_string())?;
        self.answer.clear();
        loop {
            let count = self.stream.read_buf(&mut self.answer).await.map_err(|cause| cause.to_string())?;
            if count == 0 {
                return Err(format!("the answer to {path} ended early"));
            }
            let Some(head) = find(&self.answer, b"\r\n\r\n") else { continue };
            let words =
                String::from_utf8_lossy(self.answer.get(..head).unwrap_or_default()).to_ascii_lowercase();
            let length =
                words.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let complete = match length {
                Some(length) => self.answer.len() >= head + 4 + length,
                None => self.answer.ends_with(b"0\r\n\r\n"),
            };
            if complete {
                let status = words.split(' ').nth(1).and_then(|status| status.parse().ok());
                let status = status.ok_or_else(|| format!("no answer to {path}: {words}"))?;
                return Ok(Answer { status, body: self.answer.get(head + 4..).unwrap_or_default() });
            }
        }
    }

    /// The same of what must be there. Returns how long its body was.
    pub async fn expect(&mut self, path: &str, headers: &str) -> Outcome<usize> {
        let answer = self.get(path, headers).await?;
        if answer.status == 200 {
            Ok(answer.body.len())
        } else {
            Err(format!("{path} answers {}", answer.status))
        }
    }
}

/// A number of a server's `/metrics`.
pub async fn metric(server: &Process, name: &str) -> Outcome<f64> {
    let mut http = Http::to(server).await?;
    let answer = http.get("/metrics", "").await?;
    let text = String::from_utf8_lossy(answer.body);
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("closing_bell_{name} ")));
    line.and_then(|value| value.trim().parse().ok()).ok_or_else(|| format!("no metric {name}"))
}
