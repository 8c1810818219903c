//! Chromium without a window, driven over its own pipe: a page's behavior, what it says in the console, what it fetches.
// Every test crate takes what it needs of it.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::scratch::Scratch;

/// However busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

/// One browser with one page.
pub struct Browser {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Receiver<Value>,
    session: Option<String>,
    next: u64,
    /// Everything it told that was no answer.
    events: Vec<Value>,
    _profile: Scratch,
}

impl Browser {
    /// The browser, where it is; under `.ci/run` it must be.
    pub fn start() -> Option<Browser> {
        let profile = Scratch::new();
        // The protocol is spoken on the descriptors 3 and 4, which no library but a shell can give.
        let mut command = Command::new("sh");
        command.args(["-c", "exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null", "chromium"]);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]);
        command.arg(format!("--user-data-dir={}", profile.path.display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let answers = listen(&mut child);
        let orders = child.stdin.take();
        let mut browser =
            Browser { child, orders, answers, session: None, next: 0, events: Vec::new(), _profile: profile };
        let Some(target) = browser.ask("Target.createTarget", json!({"url": "about:blank"})) else {
            assert!(std::env::var_os("ZHUNSHENG_CI").is_none(), "Chromium is not here");
            eprintln!("not tested: Chromium is not here (apt-get install chromium)");
            return None;
        };
        let attached = browser.order("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.order(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Opens a file in a window of this size and waits until it is loaded.
    pub fn open(&mut self, path: &Path, (width, height): (u32, u32)) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.order("Emulation.setDeviceMetricsOverride", metrics);
        self.events.clear();
        let opened = self.order("Page.navigate", json!({"url": format!("file://{}", path.display())}));
        assert_eq!(opened.get("errorText"), None, "{opened}");
        while self.told("Page.loadEventFired").next().is_none() {
            let event = self.answers.recv_timeout(PATIENCE).expect("the page is loaded");
            self.events.push(event);
        }
    }

    /// What an expression of the page comes to.
    #[track_caller]
    pub fn run(&mut self, expression: &str) -> Value {
        let wanted = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.order("Runtime.evaluate", wanted);
        assert_eq!(answer.get("exceptionDetails"), None, "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The page as it is printed.
    pub fn print(&mut self) -> Vec<u8> {
        let printed = self.order("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": true}));
        BASE64_STANDARD.decode(printed["data"].as_str().unwrap()).unwrap()
    }

    /// What went wrong: messages of the console, uncaught exceptions, violations of the page's policy.
    pub fn complaints(&self) -> Vec<&Value> {
        let kinds =
            ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"];
        kinds.iter().flat_map(|kind| self.told(kind)).collect()
    }

    /// The addresses that were asked for.
    pub fn requests(&self) -> Vec<&str> {
        self.told("Network.requestWillBeSent").filter_map(|event| event["request"]["url"].as_str()).collect()
    }

    fn told(&self, method: &str) -> impl Iterator<Item = &Value> {
        self.events.iter().filter(move |event| event["method"] == method).map(|event| &event["params"])
    }

    #[track_caller]
    fn order(&mut self, method: &str, parameters: Value) -> Value {
        self.ask(method, parameters).unwrap_or_else(|| panic!("{method}: the browser is gone"))
    }

    /// `None` where the browser is not there.
    fn ask(&mut self, method: &str, parameters: Value) -> Option<Value> {
        self.next += 1;
        let mut order = json!({"id": self.next, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            order["sessionId"] = json!(session);
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.orders.as_mut()?.write_all(&bytes).ok()?;
        loop {
            let mut answer = self.answers.recv_timeout(PATIENCE).ok()?;
            if answer["id"] == self.next {
                assert_eq!(answer.get("error"), None, "{method}");
                return Some(answer["result"].take());
            }
            self.events.push(answer);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser whose pipe is closed goes by itself, with all its helpers.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}

/// Messages end with a zero.
fn listen(child: &mut Child) -> Receiver<Value> {
    let (send, answers) = channel();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let mut message = Vec::new();
        while out.read_until(0, &mut message).is_ok_and(|read| read > 0) {
            message.pop();
            let Ok(value) = serde_json::from_slice(&message) else { break };
            if send.send(value).is_err() {
                break;
            }
            message.clear();
        }
    });
    answers
}
