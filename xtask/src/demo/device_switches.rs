//! What can happen to the devices on the counter, as buttons: paper, cover, cables, a stuck drawer, goods on the scale.

use super::devices::Devices;
use evertill_domain::catalogue::Item;
use evertill_hal::emulator::{Faults, ScaleFaults};
use evertill_hal::{Weighing, WeightUnit};
use std::fmt::Write as _;

/// A flag of the printer's faults, by its path.
type Flag = fn(&mut Faults) -> &mut bool;

/// Path, what the button says while it is well, and while it is not.
const PRINTER: [(&str, &str, &str, Flag); 9] = [
    ("paper", "Take the paper out", "Put paper in", |faults| &mut faults.paper_out),
    ("near-end", "Let the roll near its end", "Put a new roll in", |faults| &mut faults.paper_near_end),
    ("cover", "Open the cover", "Close the cover", |faults| &mut faults.cover_open),
    ("cutter", "Jam the cutter", "Free the cutter", |faults| &mut faults.cutter_stuck),
    ("cable", "Pull its cable", "Plug it in", |faults| &mut faults.unplugged),
    ("mute", "Let it answer nothing", "Let it answer", |faults| &mut faults.mute),
    ("garbage", "Let it answer garbage", "Let it make sense", |faults| &mut faults.garbage),
    ("flood", "Let it answer without end", "Let it be quiet", |faults| &mut faults.flood),
    ("stuck", "Jam the drawer", "Free the drawer", |faults| &mut faults.drawer_stuck),
];
/// How slow a slow printer is: it takes so long for 256 bytes.
const SLOW_MS: u64 = 400;
/// How unevenly a printer answers whose answers jitter.
const JITTER_MS: u64 = 300;
/// In the middle of a receipt, in bytes.
const MIDDLE_BYTES: usize = 300;

/// Does what a button says; nothing where the path is none of the buttons'.
pub fn switch(devices: &Devices, path: &[&str], body: &str) -> anyhow::Result<()> {
    match path {
        ["printer", what] => printer(devices, what),
        ["scan"] => match body.strip_prefix("code=") {
            Some(code) if code.bytes().all(|byte| byte.is_ascii_digit()) => devices.scan(code)?,
            _ => {}
        },
        ["scanner", "garbage"] => devices.scan("\u{1b}[2J?%&")?,
        ["scanner", "cable"] => devices.pull_or_plug_scanner()?,
        ["scale", what] => scale(devices, what),
        _ => {}
    }
    Ok(())
}

fn printer(devices: &Devices, what: &str) {
    let mut faults = devices.faults();
    match what {
        "tear" => return devices.tear_paper_off(),
        "shut" => return devices.shut_drawer(),
        "well" => faults = Faults::default(),
        "slow" => faults.slow_ms = if faults.slow_ms == 0 { SLOW_MS } else { 0 },
        "jitter" => faults.jitter_ms = if faults.jitter_ms == 0 { JITTER_MS } else { 0 },
        "out-in-the-middle" => faults.paper_out_after_bytes = Some(MIDDLE_BYTES),
        "unplug-in-the-middle" => faults.disconnect_after_bytes = Some(MIDDLE_BYTES),
        what => match PRINTER.iter().find(|(path, ..)| *path == what) {
            Some((.., flag)) => *flag(&mut faults) = !*flag(&mut faults),
            None => return,
        },
    }
    devices.set_faults(faults);
}

fn scale(devices: &Devices, what: &str) {
    let kilograms = |thousandths| Weighing::Stable { thousandths, unit: WeightUnit::Kilogram };
    match what {
        "532" => devices.put_on_scale(kilograms(532)),
        "1245" => devices.put_on_scale(kilograms(1_245)),
        "off" => devices.put_on_scale(Weighing::Empty),
        "heavy" => devices.put_on_scale(Weighing::TooHeavy),
        "below" => devices.put_on_scale(Weighing::BelowZero),
        "move" => devices.put_on_scale(Weighing::Moving),
        "mute" => devices.set_scale_faults(ScaleFaults { mute: true, ..ScaleFaults::default() }),
        "garbage" => devices.set_scale_faults(ScaleFaults { garbage: true, ..ScaleFaults::default() }),
        "half" => devices.set_scale_faults(ScaleFaults { half_answers: true, ..ScaleFaults::default() }),
        _ => devices.set_scale_faults(ScaleFaults::default()),
    }
}

/// The buttons of all devices, and what the customer's display shows.
pub fn sections(devices: &Devices, items: &[Item]) -> String {
    let mut html = String::from("<section><h2>Printer and drawer</h2><p>");
    let faults = devices.faults();
    for (path, well, broken, flag) in PRINTER {
        let is_broken = *flag(&mut devices.faults());
        html.push_str(&button(&format!("/printer/{path}"), if is_broken { broken } else { well }));
    }
    for (path, label) in [
        ("slow", if faults.slow_ms > 0 { "Let it print fast" } else { "Let it print slowly" }),
        ("jitter", if faults.jitter_ms > 0 { "Let it answer evenly" } else { "Let it answer unevenly" }),
        ("tear", "Tear the paper off"),
        ("out-in-the-middle", "Paper out in the middle of the next receipt"),
        ("unplug-in-the-middle", "Pull the cable in the middle of the next receipt"),
        ("shut", "Shut the drawer"),
        ("well", "All well"),
    ] {
        html.push_str(&button(&format!("/printer/{path}"), label));
    }
    let drawer = if devices.is_drawer_open() { "open" } else { "shut" };
    let _ = write!(html, "</p><p>The drawer is {drawer}.</p></section><section><h2>Scanner</h2><p>");
    for item in items {
        let code = item.gtins.first().map(ToString::to_string).unwrap_or_default();
        let _ = write!(
            html,
            "<form method=\"post\" action=\"/scan\"><button name=\"code\" value=\"{}\">{}</button></form>",
            &code[1..],
            escape(&item.name)
        );
    }
    html.push_str("</p><p>");
    let cable = if devices.is_scanner_plugged_in() { "Pull its cable" } else { "Plug it in" };
    html.push_str(&button("/scanner/cable", cable));
    html.push_str(&button("/scanner/garbage", "Let it read garbage"));
    html.push_str("</p></section><section><h2>Scale</h2><p>Put something on it, then pick goods by weight on the cashier's page.</p><p>");
    for (path, label) in [
        ("532", "Put 0.532 kg on it"),
        ("1245", "Put 1.245 kg on it"),
        ("off", "Take everything off"),
        ("move", "Let the goods swing"),
        ("heavy", "Put too much on it"),
        ("below", "Take its plate off"),
        ("mute", "Let it answer nothing"),
        ("garbage", "Let it answer garbage"),
        ("half", "Let it answer half"),
        ("well", "All well"),
    ] {
        html.push_str(&button(&format!("/scale/{path}"), label));
    }
    let [upper, lower] = devices.display();
    let _ = write!(
        html,
        "</p></section><section><h2>Customer's display</h2><pre class=\"display\">{}\n{}</pre></section>",
        escape(&upper),
        escape(&lower)
    );
    html
}

/// A button that posts to `path`.
pub fn button(path: &str, label: &str) -> String {
    format!("<form method=\"post\" action=\"{path}\"><button>{label}</button></form>")
}

/// Text that may stand in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
