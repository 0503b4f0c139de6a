//! Attacks on the real process: guesses, slow talkers, floods and monsters. Each is slowed or refused, written down, and nobody else
//! notices.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use futures_util::{StreamExt, stream};
use std::time::{Duration, Instant};
use support::database::{database, number};
use support::people::{Asker, form, status};
use support::{PASSWORD, Redis, Server, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Tries to sign in from somewhere; returns the status.
async fn tries(server: &Server, name: &str, password: &str, from: &str) -> u16 {
    let origin = format!("http://127.0.0.1:{}", server.port);
    let headers = [
        ("Origin", origin.as_str()),
        ("Sec-Fetch-Site", "same-origin"),
        ("X-Forwarded-For", from),
        ("Content-Type", "application/x-www-form-urlencoded"),
        support::ANONYMOUS,
    ];
    let body = form(&[("name", name), ("password", password)]);
    status(&server.post("/login", &headers, body.as_bytes()).await.0)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_guesses_are_slowed_and_written_down_and_others_sign_in() {
    let redis = Redis::start().await;
    let server = Server::start_on(&redis, 0, &["--trusted-proxies", "127.0.0.1"]).await;
    assert_eq!(tries(&server, "admin", PASSWORD, "198.51.100.1").await, 303, "where she always is");
    server.person("bob", "viewer").await;
    let guess = |number: u32| {
        let server = &server;
        async move {
            // From one address, and from a thousand.
            let from = if number.is_multiple_of(2) {
                "203.0.113.66".to_owned()
            } else {
                format!("203.0.{}.{}", number % 5, number % 200)
            };
            tries(server, "admin", &format!("password number {number}"), &from).await
        }
    };
    let statuses: Vec<u16> = stream::iter(0..10_000).map(guess).buffer_unordered(64).collect().await;
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    let slowed = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!(looked_at + slowed, 10_000);
    assert!(looked_at < 100, "{looked_at} were looked at");
    let begun = Instant::now();
    assert_eq!(tries(&server, "admin", PASSWORD, "198.51.100.1").await, 303, "her own address");
    assert_eq!(tries(&server, "bob", PASSWORD, "198.51.100.2").await, 303, "another account");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let pool = database(&server.database).await;
    let wrong =
        number(&pool, "SELECT COUNT(*) FROM audit WHERE action = 'sign_in' AND outcome = 'wrong'").await;
    assert_eq!(usize::try_from(wrong).unwrap(), looked_at, "every guess that was looked at");
    let told =
        number(&pool, "SELECT COUNT(*) FROM audit WHERE action = 'sign_in' AND outcome LIKE 'slowed%'").await;
    assert!((1..5_000).contains(&told), "{told} lines about those that were not");
    pool.close().await;
}

#[tokio::test]
async fn whether_a_name_exists_is_not_told() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    server.person("disabled", "viewer").await;
    server.command(&["user", "disable", "disabled"]).await;
    let nobody = Asker::anonymous();
    let mut answers = Vec::new();
    let mut took = Vec::new();
    for (name, password) in [("admin", "not it at all"), ("nobody", "not it at all"), ("disabled", PASSWORD)]
    {
        let begun = Instant::now();
        let (head, page) = server.submit("/login", &nobody, &[("name", name), ("password", password)]).await;
        took.push(begun.elapsed());
        answers.push((status(&head), page.replace(name, "NAME")));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let (least, most) = (took.iter().min().unwrap(), took.iter().max().unwrap());
    // A hash takes tens of milliseconds; without one an answer takes one.
    assert!(*least * 10 > *most, "one of them was not hashed: {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_half_open_sockets_keep_nobody_out() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut held = Vec::new();
    for number in 0..5_000 {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", server.port)).await else {
            panic!(
                "only {number} sockets could be opened: the limit of open files is too small for this test"
            );
        };
        // The beginning of a request, whose end never comes.
        let _ = stream.write_all(b"GET /admin/history HTTP/1.1\r\nHost: 127.0").await;
        held.push(stream);
        if number % 1_000 == 999 {
            let begun = Instant::now();
            let (head, _) = server.request("/healthz", &[]).await;
            assert_eq!(status(&head), 200);
            assert!(begun.elapsed() < Duration::from_secs(2), "after {number}: {:?}", begun.elapsed());
        }
    }
    let mut socket = server.socket().await;
    socket.watch(&["board"], &serde_json::Value::Null, 0).await;
    socket.frame("board").await;
    assert!(server.peak_memory().is_none_or(|kib| kib < 300 << 10), "{:?} KiB", server.peak_memory());
}

/// Whoever was answered and keeps its connection makes room, too: places that cost one request each would soon be taken.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_idle_connections_make_room() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.port);
    let mut held = Vec::new();
    for _ in 0..3_000 {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 1_024];
        assert!(within("an answer", stream.read(&mut answer)).await.unwrap() > 0);
        held.push(stream);
    }
    let mut rest = Vec::new();
    // The first has waited longest: it is closed, long before its time is up.
    within("the first is closed", held[0].read_to_end(&mut rest)).await.unwrap();
    assert_eq!(status(&server.request("/healthz", &[]).await.0), 200);
}

/// Sends something by hand, and returns what is answered.
async fn said(server: &Server, head: &str, parts: usize, part: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let host = format!("Host: 127.0.0.1:{}\r\nOrigin: http://127.0.0.1:{}\r\n", server.port, server.port);
    stream.write_all(head.replace("HOST\r\n", &host).as_bytes()).await.unwrap();
    for _ in 0..parts {
        // It may have had enough.
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = within("an answer", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn monsters_are_refused_before_they_are_read() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n";
    let large = format!("POST /login HTTP/1.1\r\nHOST\r\n{form}Content-Length: 1073741824\r\n\r\n");
    assert!(said(&server, &large, 0, b"").await.starts_with("HTTP/1.1 413"));
    let endless = format!("POST /login HTTP/1.1\r\nHOST\r\n{form}Transfer-Encoding: chunked\r\n\r\n");
    let part = [b"10000\r\n".as_slice(), &vec![b'x'; 65_536], b"\r\n"].concat();
    let answer = said(&server, &endless, 16_384, &part).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    let header = "GET / HTTP/1.1\r\nHOST\r\nConnection: close\r\nX-Large: ";
    let answer = said(&server, header, 64, &[b'x'; 65_536]).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 400"),
        "{answer}"
    );
    let many = format!("GET / HTTP/1.1\r\nHOST\r\nConnection: close\r\n{}\r\n", "X-Many: x\r\n".repeat(200));
    let answer = said(&server, &many, 0, b"").await;
    assert!(answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 400"), "{answer}");
    // A frame that says it is a gigabyte long.
    let upgrade = format!(
        "GET /live HTTP/1.1\r\nHOST\r\nAuthorization: Bearer {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.token
    );
    let frame = [&[0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0][..], &[b'x'; 1_000]].concat();
    let answer = said(&server, &upgrade, 1, &frame).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(answer.contains("a message is at most 8 KiB"), "{answer}");
    assert!(server.peak_memory().is_none_or(|kib| kib < 200 << 10), "{:?} KiB", server.peak_memory());
    assert_eq!(status(&server.request("/healthz", &[]).await.0), 200);
}

#[tokio::test]
async fn nobody_has_more_sockets_than_one_may() {
    let redis = Redis::start().await;
    let server = Server::start_on(&redis, 0, &["--max-connections-each", "3"]).await;
    let (first, second) = (server.token("first", "read").await, server.token("second", "read").await);
    let open = async |who: &Asker| {
        support::Socket::open(server.port, None, &[("authorization", &who.header.1)]).await
    };
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(open(&first).await.unwrap());
    }
    assert!(open(&first).await.is_err(), "a fourth");
    assert!(open(&second).await.is_ok(), "somebody else");
    held.pop();
    within("the place is free again", async {
        while open(&first).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
