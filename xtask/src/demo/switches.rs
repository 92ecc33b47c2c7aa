//! Outages at a click: a small page beside the till's own, on which a newcomer kills and hangs head office's locations,
//! takes the paper out of the printer, jams the drawer, lets the scanner read an item, and watches the receipts come out.
//!
//! It is served on loopback by this one thread, one short request at a time. A form changes something only when it comes
//! from this page itself.

use super::device_switches::{self, button};
use super::devices::Devices;
use super::interrupt;
use super::programs::Program;
use super::stage::{LOCATIONS, Stage};
use super::{Locations, price_book};
use anyhow::Context;
use evertill_domain::catalogue::{Item, SoldBy};
use evertill_hal::render::Paper;
use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Between two looks for a request or for Ctrl-C.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A browser on this machine sends and takes within this time.
const PATIENCE: Duration = Duration::from_secs(2);
const REQUEST_MAX_BYTES: usize = 16 * 1024;
/// Receipts that are shown, the newest first.
const RECEIPTS_SHOWN: usize = 8;
/// Items that the scanner offers: a walk through the shop.
const ITEMS_OFFERED: usize = 12;

/// The state of a location.
enum State {
    Up(Program),
    Hanging(Program),
    Killed,
}

/// The page with the switches.
pub struct Switches<'a> {
    stage: &'a Stage,
    devices: &'a Devices,
    listener: TcpListener,
    locations: Vec<State>,
    items: Vec<Item>,
    receipts: Vec<Paper>,
}

/// What was asked for.
struct Request {
    method: String,
    path: String,
    /// Whether it says that it comes from this page.
    is_own: bool,
    body: String,
}

impl<'a> Switches<'a> {
    /// Opens the page on a free port.
    pub fn open(stage: &'a Stage, devices: &'a Devices, locations: Locations) -> anyhow::Result<Switches<'a>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for the switches")?;
        listener.set_nonblocking(true)?;
        let state = |program: Option<Program>| program.map_or(State::Killed, State::Up);
        let items = price_book()?
            .items()
            .iter()
            .filter(|item| item.sold_by == SoldBy::Piece && !item.gtins.is_empty())
            .cloned()
            .collect::<Vec<Item>>();
        let step = (items.len() / ITEMS_OFFERED).max(1);
        let items = items.into_iter().step_by(step).take(ITEMS_OFFERED).collect();
        let locations = vec![state(locations.fra), state(locations.ams)];
        Ok(Switches { stage, devices, listener, locations, items, receipts: Vec::new() })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or_else(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Serves until Ctrl-C.
    pub fn serve(mut self) -> anyhow::Result<()> {
        while !interrupt::is_asked() {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    // A browser that hangs up is no reason to close the shop.
                    if let Err(error) = self.answer(stream) {
                        println!("    switches: {error:#}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(LOOK_EVERY),
                Err(error) => return Err(error).context("the switches' page ended"),
            }
        }
        // Who hangs cannot be asked to end.
        for state in &self.locations {
            if let State::Hanging(program) = state {
                program.wake()?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, mut stream: TcpStream) -> anyhow::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Some(request) = read(&mut stream, self.address())? else { return Ok(()) };
        let receipts = self.devices.take_receipts();
        self.receipts.extend(receipts);
        let too_many = self.receipts.len().saturating_sub(RECEIPTS_SHOWN);
        self.receipts.drain(..too_many);
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => send(&mut stream, "200 OK", "text/html; charset=utf-8", self.page().as_bytes()),
            ("GET", "/style.css") => send(&mut stream, "200 OK", "text/css", STYLE.as_bytes()),
            ("GET", path) if path.starts_with("/receipt/") => self.picture(&mut stream, path),
            ("POST", _) if !request.is_own => send(&mut stream, "403 Forbidden", "text/plain", b"not from this page"),
            ("POST", path) => {
                self.switch(path, &request.body)?;
                let head = "HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                Ok(stream.write_all(head.as_bytes())?)
            }
            _ => send(&mut stream, "404 Not Found", "text/plain", b"no such page"),
        }
    }

    /// Does what a button says: `/location/0/kill`, `/printer/paper`, `/scan` with the code as body.
    fn switch(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["location", index, act] => self.locate(index.parse().unwrap_or(usize::MAX), act),
            device => device_switches::switch(self.devices, device, body),
        }
    }

    fn locate(&mut self, index: usize, act: &str) -> anyhow::Result<()> {
        let Some(slot) = self.locations.get_mut(index) else { return Ok(()) };
        let state = std::mem::replace(slot, State::Killed);
        *slot = match (state, act) {
            (State::Up(program), "hang") => {
                program.hang()?;
                State::Hanging(program)
            }
            (State::Up(program) | State::Hanging(program), "kill") => {
                program.kill()?;
                State::Killed
            }
            (State::Hanging(program), "back") => {
                program.wake()?;
                State::Up(program)
            }
            (State::Killed, "back") => State::Up(self.stage.start_location(LOCATIONS[index])?),
            (state, _) => state,
        };
        Ok(())
    }

    fn picture(&self, stream: &mut TcpStream, path: &str) -> anyhow::Result<()> {
        let index: Option<usize> = path.trim_start_matches("/receipt/").trim_end_matches(".png").parse().ok();
        match index.and_then(|index| self.receipts.get(index)) {
            Some(paper) => send(stream, "200 OK", "image/png", &paper.png()?),
            None => send(stream, "404 Not Found", "text/plain", b"no such receipt"),
        }
    }

    fn page(&self) -> String {
        let mut html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"4\">\
             <title>Switches</title><link rel=\"stylesheet\" href=\"/style.css\"><h1>Switches of the demo</h1>\
             <p>The cashier's page: <a href=\"http://{0}/counter\" target=\"till\">http://{0}/counter</a>. \
             Cashier 1, PIN 1111; supervisor 2, 2222; manager 3, 3333. \
             What the customer sees: <a href=\"http://{0}/customer\" target=\"customer\">http://{0}/customer</a>.</p>\
             <section><h2>Head office</h2>",
            self.stage.api
        );
        for (index, (name, state)) in LOCATIONS.iter().zip(&self.locations).enumerate() {
            let (word, class) = match state {
                State::Up(_) => ("up", "good"),
                State::Hanging(_) => ("hangs: connections stay open, nothing answers", "bad"),
                State::Killed => ("killed", "bad"),
            };
            let _ = write!(html, "<p><b>{name}</b> <span class=\"{class}\">{word}</span></p><p>");
            for (act, label) in [("kill", "Pull the plug"), ("hang", "Let it hang"), ("back", "Bring it back")] {
                html.push_str(&button(&format!("/location/{index}/{act}"), label));
            }
            html.push_str("</p>");
        }
        html.push_str("</section>");
        html.push_str(&device_switches::sections(self.devices, &self.items));
        html.push_str("<section><h2>Receipts</h2><p class=\"receipts\">");
        for index in (0..self.receipts.len()).rev() {
            let _ = write!(html, "<img src=\"/receipt/{index}.png\" alt=\"receipt\">");
        }
        html.push_str("</p></section></html>");
        html
    }
}

const STYLE: &str = "\
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1c1c1c; }
section { border-top: 1px solid #ccc; }
form { display: inline; }
button { font: inherit; padding: .5rem .9rem; margin: 0 .4rem .4rem 0; border: 1px solid #888; border-radius: .4rem; background: #f4f4f4; }
.display { display: inline-block; padding: .6rem 1rem; background: #06241c; color: #7df5c4; font: 1.3rem/1.4 monospace; }
.good { color: #17602b; } .bad { color: #a3200d; }
.receipts img { width: 220px; margin-right: 1rem; vertical-align: top; box-shadow: 0 1px 6px #999; }
";

/// Reads one request; none when the browser said nothing.
fn read(stream: &mut TcpStream, own: SocketAddr) -> anyhow::Result<Option<Request>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let count = stream.read(&mut chunk)?;
        if count == 0 || bytes.len() > REQUEST_MAX_BYTES {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk[..count]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let header = |name: &str| {
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0usize);
    while bytes.len() < head_end + 4 + length.min(REQUEST_MAX_BYTES) {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let is_own = header("host") == Some(own.to_string()) && header("origin") == Some(format!("http://{own}"));
    let body = String::from_utf8_lossy(&bytes[head_end + 4..]).into_owned();
    Ok(Some(Request { method, path, is_own, body }))
}

fn send(stream: &mut TcpStream, status: &str, content_type: &str, body: &[u8]) -> anyhow::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream.write_all(body)?)
}
