//! One headless Chromium, driven over WebDriver as a person drives it: by clicks and keys, and with eyes on what is shown.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use url::{ParseError, Url};

/// How often a wait looks, and how long it waits at most.
const LOOK: Duration = Duration::from_millis(40);
const WAIT_MAX: Duration = Duration::from_secs(15);
/// A person never types two keys faster than this; a scanner never slower. The page tells them apart at 30 ms.
const PERSON: Duration = Duration::from_millis(45);
const SCANNER_SECONDS: f64 = 0.004;
/// How long the browser may take to end.
const END_MAX: Duration = Duration::from_secs(10);

/// Keys without a character, as WebDriver names them.
pub const ENTER: char = '\u{e007}';
pub const ESCAPE: char = '\u{e00c}';
pub const ARROW_UP: char = '\u{e013}';
/// The function key F`number`.
pub fn f_key(number: u32) -> char {
    char::from_u32(0xe030 + number).unwrap()
}

/// The browser, with one window.
pub struct Chromium {
    pub client: Client,
    driver: Child,
    port: u16,
    session: String,
}

impl Chromium {
    /// Starts it; its profile is in `folder`.
    pub async fn start(folder: &Path) -> Chromium {
        let (driver, port) = start_driver();
        let profile = folder.join("chromium");
        let capabilities = json!({
            // The operators' pages are HTTPS, by an authority that was made for this test.
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--no-proxy-server", "--disable-background-networking", "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1366,768",
                format!("--user-data-dir={}", profile.display()),
            ]},
        });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder.connect(&format!("http://127.0.0.1:{port}")).await.expect("Chromium starts");
        let session = client.session_id().await.unwrap().unwrap();
        Chromium { client, driver, port, session }
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// What a script that is one expression gives.
    pub async fn eval(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression};"), Vec::new()).await.unwrap()
    }

    /// Waits until `expression` is true of the page.
    pub async fn until(&self, expression: &str) {
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            let value = self.client.execute(&format!("return Boolean({expression});"), Vec::new()).await;
            if value.is_ok_and(|value| value == Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("`{expression}` did not come true on this page:\n{}", self.shown("body").await);
    }

    /// Waits until something fits `css`.
    pub async fn until_there(&self, css: &str) {
        self.until(&format!("document.querySelector({css:?})")).await;
    }

    /// Waits until what `css` shows contains `text`.
    pub async fn until_shown(&self, css: &str, text: &str) {
        self.until(&format!(
            "[...document.querySelectorAll({css:?})].some(one => one.innerText.replace(/\\s+/g, ' ').includes({text:?}))"
        ))
        .await;
    }

    /// Waits until the field with this id has the focus.
    pub async fn until_focused(&self, id: &str) {
        self.until(&format!("document.activeElement.id === {id:?} && !document.querySelector('.busy')")).await;
    }

    /// What is to be read there, with single spaces.
    pub async fn shown(&self, css: &str) -> String {
        let text = format!("[...document.querySelectorAll({css:?})].map(one => one.innerText).join(' ')");
        let text = self.eval(&text).await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// How many things fit `css`.
    pub async fn count(&self, css: &str) -> u64 {
        self.eval(&format!("document.querySelectorAll({css:?}).length")).await.as_u64().unwrap()
    }

    /// Clicks what fits `css`, as soon as it can be clicked.
    pub async fn click(&self, css: &str) {
        self.until(&format!("!document.querySelector('.busy') && document.querySelector({css:?})")).await;
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < WAIT_MAX {
            // The page may be drawn afresh between finding and clicking.
            match self.client.find(Locator::Css(css)).await {
                Ok(element) => match element.click().await {
                    Ok(()) => return,
                    Err(error) => last = error.to_string(),
                },
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{css} could not be clicked: {last}\n{}", self.shown("body").await);
    }

    /// Presses one key after the other, as a person does, wherever the focus is.
    pub async fn keys(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value }).pause(PERSON);
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    pub async fn key(&self, key: char) {
        self.keys(&key.to_string()).await;
    }

    /// A scanner that types: each key at the time at which the device would send it, then Enter.
    pub async fn wedge(&self, code: &str) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
        for (index, key) in code.chars().chain(['\r']).enumerate() {
            let at = now + f64::from(u32::try_from(index).unwrap()) * SCANNER_SECONDS;
            let (name, text) =
                if key == '\r' { ("Enter".to_owned(), "\r".into()) } else { (key.to_string(), key.to_string()) };
            let down = json!({ "type": "keyDown", "key": name, "text": text, "timestamp": at,
                "windowsVirtualKeyCode": if key == '\r' { 13 } else { 0 } });
            self.devtools("Input.dispatchKeyEvent", down).await;
            self.devtools("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": name, "timestamp": at })).await;
        }
    }

    /// The system is set to "light" or "dark", and to no motion: a colour half-way between the two would be judged.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(OfChromium { path: "goog/cdp/execute", body }).await.unwrap()
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.client.issue_cmd(OfChromium { path: "se/log", body: json!({ "type": kind }) }).await.unwrap();
        log.as_array().unwrap().clone()
    }

    /// Ends it, after a look at what nobody sees: no error on the console but one that has a word of `expected`, and no
    /// request to anything but the page's own till.
    pub async fn finish(self, origin: &str, expected: &[&str]) {
        let errors: Vec<String> = (self.log("browser").await.iter())
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].to_string())
            .filter(|message| !expected.iter().any(|word| message.contains(word)))
            .collect();
        assert!(errors.is_empty(), "the console says: {errors:#?}");
        let mut asked = 0;
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            if event["message"]["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let url = event["message"]["params"]["request"]["url"].as_str().unwrap().to_owned();
            // The browser's empty first window is made of its own files, which are on no network.
            if !["http", "ws"].iter().any(|scheme| url.starts_with(scheme)) {
                continue;
            }
            assert!(url.starts_with(&format!("{origin}/")), "a request left for {url}");
            asked += 1;
        }
        assert!(asked > 0, "the browser recorded no request at all");
    }
}

impl Drop for Chromium {
    /// By hand and without the runtime, so that it also works while a test fails: else Chromium stays.
    fn drop(&mut self) {
        let end = || -> std::io::Result<()> {
            let mut line = TcpStream::connect(("127.0.0.1", self.port))?;
            line.set_read_timeout(Some(END_MAX))?;
            let (session, port) = (&self.session, self.port);
            write!(line, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
            line.read(&mut [0; 64]).map(drop)
        };
        let _ = end();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A command that only Chromium has.
#[derive(Debug)]
struct OfChromium {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for OfChromium {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// It takes the same port on IPv4 and IPv6, and ends when the second is taken: then it chooses another.
const DRIVER_STARTS_MAX: usize = 5;

/// Starts chromedriver on a port that it chooses and says.
fn start_driver() -> (Child, u16) {
    (0..DRIVER_STARTS_MAX).find_map(|_| try_driver()).expect("chromedriver says its port")
}

fn try_driver() -> Option<(Child, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().expect("chromedriver: `apt-get install chromium chromium-driver`");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
    let Some(port) = port else {
        let _ = driver.kill();
        let _ = driver.wait();
        return None;
    };
    // What it says later is read by nobody, and must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Some((driver, port))
}
