//! A real browser, over its DevTools protocol: opens a page, and tells what that cost it.

use crate::admitted::COOKIE;
use crate::{Options, Outcome};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// It answers within this, or not at all.
const PATIENCE: Duration = Duration::from_secs(30);
/// Notes tasks of the main thread that take longer than 50 ms, from the first moment of a page.
const NOTE_LONG_TASKS: &str = "window.longTasks = []; new PerformanceObserver((list) => { \
    for (const task of list.getEntries()) window.longTasks.push([task.startTime, task.duration]); \
    }).observe({ type: 'longtask', buffered: true });";

/// A browser with one page; it ends with this.
#[derive(Debug)]
pub struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    calls: u64,
    /// Bytes that came over the network, compressed, with headers.
    pub received: f64,
    _child: Child,
    profile: std::path::PathBuf,
}

/// What a page has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Seconds that the main thread was busy.
    pub busy: f64,
    /// KiB of the script's heap, after collecting what nobody holds.
    pub heap: f64,
    /// Nodes of the document.
    pub nodes: f64,
}

impl Browser {
    /// Starts it with an empty page.
    pub async fn start(options: &Options) -> Outcome<Self> {
        let profile = std::env::temp_dir().join(format!("closing-bell-bench-{}", std::process::id()));
        let mut command = Command::new(&options.chromium);
        command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
        command.args([
            "--disable-background-networking",
            "--window-size=1440,900",
            "--remote-debugging-port=0",
        ]);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child =
            command.spawn().map_err(|cause| format!("{}: {cause}", options.chromium.display()))?;
        let stderr = child.stderr.take().ok_or("the browser says nothing")?;
        let mut lines = BufReader::new(stderr).lines();
        let address = tokio::time::timeout(PATIENCE, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some((_, address)) = line.split_once("DevTools listening on ") {
                    return Some(address.trim().to_owned());
                }
            }
            None
        });
        let address = address.await.ok().flatten().ok_or("the browser does not start")?;
        // It must not stand still because nobody reads what it says.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) =
            tokio_tungstenite::connect_async(address).await.map_err(|cause| cause.to_string())?;
        let mut browser = Self { socket, session: None, calls: 0, received: 0.0, _child: child, profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach).await?;
        browser.session = session["sessionId"].as_str().map(ToOwned::to_owned);
        for domain in ["Page", "Network", "Performance", "HeapProfiler"] {
            browser.call(&format!("{domain}.enable"), json!({})).await?;
        }
        let (name, value) = COOKIE;
        let cookie = json!({ "name": name, "value": value, "domain": "127.0.0.1", "path": "/" });
        browser.call("Network.setCookie", cookie).await?;
        let note = json!({ "source": NOTE_LONG_TASKS });
        browser.call("Page.addScriptToEvaluateOnNewDocument", note).await?;
        Ok(browser)
    }

    /// Opens a page and waits until it says that it is live.
    pub async fn open(&mut self, address: &str) -> Outcome {
        self.call("Page.navigate", json!({ "url": address })).await?;
        let begun = tokio::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            let says = self.evaluate("document.body ? document.body.innerText : ''").await?;
            if says.as_str().is_some_and(|says| says.contains("Live \u{b7}")) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the page does not become live".to_owned())
    }

    /// What the page has used so far.
    pub async fn used(&mut self) -> Outcome<Used> {
        self.call("HeapProfiler.collectGarbage", json!({})).await?;
        let metrics = self.call("Performance.getMetrics", json!({})).await?;
        let of = |name: &str| {
            let all = metrics["metrics"].as_array()?;
            all.iter().find(|metric| metric["name"] == name)?["value"].as_f64()
        };
        let of = |name: &str| of(name).ok_or_else(|| format!("the browser does not tell {name}"));
        Ok(Used { busy: of("TaskDuration")?, heap: of("JSHeapUsedSize")? / 1_024.0, nodes: of("Nodes")? })
    }

    /// Milliseconds since the page began, by its own clock.
    pub async fn now(&mut self) -> Outcome<f64> {
        self.evaluate("performance.now()").await?.as_f64().ok_or_else(|| "the page has no clock".to_owned())
    }

    /// Milliseconds of the longest task that began after that moment; 0, if none took more than 50.
    pub async fn longest_task_since(&mut self, since: f64) -> Outcome<f64> {
        let longest = format!(
            "Math.max(0, ...window.longTasks.filter((task) => task[0] > {since}).map((task) => task[1]))"
        );
        self.evaluate(&longest).await?.as_f64().ok_or_else(|| "the page notes no tasks".to_owned())
    }

    async fn evaluate(&mut self, script: &str) -> Outcome<Value> {
        let answer = json!({ "expression": script, "returnByValue": true });
        Ok(self.call("Runtime.evaluate", answer).await?["result"]["value"].take())
    }

    async fn call(&mut self, method: &str, params: Value) -> Outcome<Value> {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(call.to_string())).await.map_err(|cause| cause.to_string())?;
        tokio::time::timeout(PATIENCE, self.answer(method))
            .await
            .map_err(|_| format!("{method} is not answered"))?
    }

    async fn answer(&mut self, method: &str) -> Outcome<Value> {
        while let Some(Ok(message)) = self.socket.next().await {
            let mut message: Value =
                serde_json::from_str(message.to_text().unwrap_or_default()).unwrap_or_default();
            if message["method"] == "Network.loadingFinished" {
                self.received += message["params"]["encodedDataLength"].as_f64().unwrap_or(0.0);
            }
            if message["id"] == self.calls {
                let error = message["error"]["message"].as_str();
                return match error {
                    Some(error) => Err(format!("{method}: {error}")),
                    None => Ok(message["result"].take()),
                };
            }
        }
        Err("the browser has ended".to_owned())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Left behind it would only be in the way of nobody.
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
