//! Behind a real nginx, with the very text of `docs/operating.md`: the base path, the socket, and from where somebody comes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::Value;
use std::process::Stdio;
use support::database::database;
use support::people::{Asker, cookie_of, form, header_of, status};
use support::{PASSWORD, Redis, Server, Socket, within};
use tokio::process::{Child, Command};

/// nginx in a folder of its own; it ends with this.
struct Nginx {
    port: u16,
    _child: Child,
    folder: std::path::PathBuf,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The server block that the documentation has, for another port and without TLS.
fn documented(port: u16, to: u16) -> String {
    let text = include_str!("../../docs/operating.md");
    let block = text.split("```nginx\n").nth(1).unwrap().split("```").next().unwrap();
    let lines = block.lines().filter(|line| !line.contains("ssl_certificate"));
    let block = lines.collect::<Vec<_>>().join("\n");
    assert!(block.contains("listen 443 ssl;") && block.contains("http://127.0.0.1:3000;"), "{block}");
    block
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
        .replace("http://127.0.0.1:3000;", &format!("http://127.0.0.1:{to};"))
        // What `$scheme` says where TLS ends here.
        .replace("$scheme", "https")
}

impl Nginx {
    async fn before(server: &Server) -> Self {
        let port = support::free_port();
        let folder = std::env::temp_dir().join(format!("closing-bell-nginx-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let at = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {at}/{name};\n"))
            .collect();
        let block = documented(port, server.port);
        let settings = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\n\
             events {{}}\nhttp {{ access_log off;\n{temporary}{block}\n}}\n"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, settings).unwrap();
        let program = std::env::var_os("CLOSING_BELL_TEST_NGINX").unwrap_or_else(|| "nginx".into());
        let child = Command::new(program)
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        within("nginx listens", async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        })
        .await;
        Self { port, _child: child, folder }
    }
}

#[tokio::test]
async fn under_a_path_of_nginx_everything_is_there_and_the_client_is_known() {
    let redis = Redis::start().await;
    let settings = ["--base-path", "/bell", "--hosts", "bell.example.com", "--trusted-proxies", "127.0.0.1"];
    let server = Server::start_on(&redis, 0, &settings).await;
    let nginx = Nginx::before(&server).await;
    let through = server.through(nginx.port);
    let host = ("Host", "bell.example.com");
    let html = ("Accept", "text/html");
    let nobody = Asker::anonymous();
    let (head, _) = through.request("/bell/admin/history", &[host, html, nobody.header()]).await;
    assert_eq!(header_of(&head, "location"), Some("/bell/login?to=%2Fadmin%2Fhistory"), "{head}");
    assert!(header_of(&head, "strict-transport-security").is_some(), "{head}");
    let (head, page) = through.request("/bell/login", &[host, html, nobody.header()]).await;
    assert_eq!(status(&head), 200);
    assert!(page.contains(r#"action="/bell/login""#), "{page}");
    let typed = form(&[("name", "admin"), ("password", PASSWORD), ("to", "/admin/history")]);
    let headers = [
        host,
        ("Origin", "https://bell.example.com"),
        ("Sec-Fetch-Site", "same-origin"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        nobody.header(),
    ];
    let (head, _) = through.post("/bell/login", &headers, typed.as_bytes()).await;
    assert_eq!((status(&head), header_of(&head, "location")), (303, Some("/bell/admin/history")), "{head}");
    let set = header_of(&head, "set-cookie").unwrap();
    assert!(set.contains("Secure") && set.contains("Path=/bell"), "{set}");
    let admin = Asker::cookie("admin", &cookie_of(&head).unwrap());
    let (head, page) = through.request("/bell/admin/history", &[host, html, admin.header()]).await;
    assert_eq!(status(&head), 200);
    assert!(page.contains(r#"data-base="/bell""#), "{page}");
    for part in page.split(" href=\"").skip(1).chain(page.split(" action=\"").skip(1)) {
        let address = part.split('"').next().unwrap();
        assert!(
            !address.starts_with('/') || address.starts_with("/bell/"),
            "{address} leads out of the base path"
        );
    }
    let pool = database(&server.database).await;
    let from: String = sqlx::query_scalar("SELECT address FROM audit WHERE action = 'sign_in'")
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    assert_eq!(from, "127.0.0.1", "nginx's word about its client, and not what the client says itself");
    let mut socket = Socket::open_at(
        nginx.port,
        "/bell/live",
        Some("https://bell.example.com"),
        &[("host", "bell.example.com"), ("cookie", &admin.header.1)],
    )
    .await
    .unwrap();
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.frame("board").await;
    // Outside there is nothing, and under another name neither.
    let (head, _) = server.request("/admin/history", &[admin.header()]).await;
    assert_eq!(status(&head), 404);
    let (head, _) = through.request("/bell/login", &[("Host", "evil.example"), nobody.header()]).await;
    assert_ne!(status(&head), 200);
}
